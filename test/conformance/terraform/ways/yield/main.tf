terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The provider without an alias is the requester's.
      configuration_aliases = [aws.accepter]
    }
  }
}

variable "requester" {
  type = object({ vpc_id = string, cidr = string, route_table_id = string })
}

variable "accepter" {
  type = object({ account_id = string, vpc_id = string, cidr = string, route_table_id = string })
}

resource "aws_vpc_peering_connection" "this" {
  vpc_id        = var.requester.vpc_id
  peer_vpc_id   = var.accepter.vpc_id
  peer_owner_id = var.accepter.account_id
}

resource "aws_vpc_peering_connection_accepter" "this" {
  provider                  = aws.accepter
  vpc_peering_connection_id = aws_vpc_peering_connection.this.id
  auto_accept               = true
}

resource "aws_route" "to_accepter" {
  route_table_id            = var.requester.route_table_id
  destination_cidr_block    = var.accepter.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.this.id
}

resource "aws_route" "to_requester" {
  provider                  = aws.accepter
  route_table_id            = var.accepter.route_table_id
  destination_cidr_block    = var.requester.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.this.id
}
