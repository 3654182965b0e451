terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "requester" {
  type = object({ vpc_id = string })
}

variable "accepter" {
  type = object({ account_id = string, vpc_id = string })
}

resource "aws_vpc_peering_connection" "this" {
  vpc_id        = var.requester.vpc_id
  peer_vpc_id   = var.accepter.vpc_id
  peer_owner_id = var.accepter.account_id
}
