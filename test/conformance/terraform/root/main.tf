terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "endpoint" {
  type = string
}

provider "aws" {
  alias                       = "requester"
  region                      = "eu-west-1"
  access_key                  = "111111111111"
  secret_key                  = "any"
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_credentials_validation = true
  endpoints {
    ec2 = var.endpoint
    sts = var.endpoint
  }
  # autopeer says in tags how a peering stands. Without this, each plan would take them away.
  ignore_tags {
    key_prefixes = ["autopeer:"]
  }
}

provider "aws" {
  alias                       = "accepter"
  region                      = "eu-west-1"
  access_key                  = "222222222222"
  secret_key                  = "any"
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_credentials_validation = true
  endpoints {
    ec2 = var.endpoint
    sts = var.endpoint
  }
  ignore_tags {
    key_prefixes = ["autopeer:"]
  }
}

module "network" {
  source    = "./network"
  providers = { aws.requester = aws.requester, aws.accepter = aws.accepter }
}

# One of the ways, with the providers that it takes.
module "peering" {
  source = "./peering"
  providers = {
    aws          = aws.requester
    aws.accepter = aws.accepter
  }
  requester = module.network.requester
  accepter  = module.network.accepter
}
