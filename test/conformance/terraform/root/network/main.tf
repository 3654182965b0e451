# Two accounts with a VPC each, as any landing zone has them. Peering and routes are in the folders that are called `ways`.
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      version               = ">= 5.0"
      configuration_aliases = [aws.requester, aws.accepter]
    }
  }
}

resource "aws_vpc" "requester" {
  provider             = aws.requester
  cidr_block           = "10.121.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "requester" {
  provider   = aws.requester
  vpc_id     = aws_vpc.requester.id
  cidr_block = "10.121.0.0/24"
}

resource "aws_route_table" "requester" {
  provider = aws.requester
  vpc_id   = aws_vpc.requester.id
}

resource "aws_route_table_association" "requester" {
  provider       = aws.requester
  subnet_id      = aws_subnet.requester.id
  route_table_id = aws_route_table.requester.id
}

resource "aws_vpc" "accepter" {
  provider             = aws.accepter
  cidr_block           = "10.122.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "accepter" {
  provider   = aws.accepter
  vpc_id     = aws_vpc.accepter.id
  cidr_block = "10.122.0.0/24"
}

resource "aws_route_table" "accepter" {
  provider = aws.accepter
  vpc_id   = aws_vpc.accepter.id
}

resource "aws_route_table_association" "accepter" {
  provider       = aws.accepter
  subnet_id      = aws_subnet.accepter.id
  route_table_id = aws_route_table.accepter.id
}

output "requester" {
  value = {
    vpc_id         = aws_vpc.requester.id
    cidr           = aws_vpc.requester.cidr_block
    route_table_id = aws_route_table.requester.id
  }
}

output "accepter" {
  value = {
    account_id     = aws_vpc.accepter.owner_id
    vpc_id         = aws_vpc.accepter.id
    cidr           = aws_vpc.accepter.cidr_block
    route_table_id = aws_route_table.accepter.id
  }
}
