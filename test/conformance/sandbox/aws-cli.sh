#!/usr/bin/env bash
# The sandbox through the AWS CLI: two accounts peer their VPCs, and autopeer connects them.
# Needs a sandbox with the world `demo` at AWS_ENDPOINT_URL; see docs/conformance.md.
set -euo pipefail

readonly SHOP=111111111111 PLATFORM=222222222222
readonly TRIES=60

export AWS_DEFAULT_REGION=eu-west-1 AWS_SECRET_ACCESS_KEY=any AWS_PAGER='' AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_SESSION_TOKEN

step() { printf '  ✓ %s\n' "$1"; }

fail() {
  printf 'aws-cli.sh: %s\n' "$1" >&2
  exit 1
}

# Calls EC2 as an account: the sandbox takes the account's id for the access key id.
as() {
  local account=$1
  shift
  AWS_ACCESS_KEY_ID=$account aws ec2 "$@" --output text
}

# until WHAT EXPECTED COMMAND...: runs the command until it prints what is expected.
until_prints() {
  local what=$1 expected=$2 printed=''
  shift 2
  for ((try = 0; try < TRIES; try++)); do
    printed=$("$@")
    if [[ $printed == "$expected" ]]; then return; fi
    sleep 0.2
  done
  fail "$what: '$printed', not '$expected'"
}

# build_vpc ACCOUNT CIDR: prints the ids of a VPC with DNS hostnames and of its main route table, which its subnet uses.
build_vpc() {
  local account=$1 cidr=$2 vpc
  vpc=$(as "$account" create-vpc --cidr-block "$cidr.0.0/16" --query Vpc.VpcId)
  as "$account" modify-vpc-attribute --vpc-id "$vpc" --enable-dns-hostnames >&2
  as "$account" create-subnet --vpc-id "$vpc" --cidr-block "$cidr.0.0/24" --query Subnet.SubnetId >&2
  printf '%s' "$vpc"
}

routes() {
  as "$1" describe-route-tables --filters "Name=vpc-id,Values=$2" \
    --query "RouteTables[].Routes[?VpcPeeringConnectionId=='$peering'].[DestinationCidrBlock,State][]"
}

status() {
  as "$1" describe-vpc-peering-connections --vpc-peering-connection-ids "$peering" \
    --query 'VpcPeeringConnections[].Status.Code'
}

# Its DNS flag and its status tag, as one side sees them.
seen_by() {
  as "$1" describe-vpc-peering-connections --vpc-peering-connection-ids "$peering" --query \
    "VpcPeeringConnections[].[$2.PeeringOptions.AllowDnsResolutionFromRemoteVpc,Tags[?Key=='autopeer:status']|[0].Value]"
}

requester=$(build_vpc $SHOP 10.111 2>/dev/null)
accepter=$(build_vpc $PLATFORM 10.112 2>/dev/null)
step 'two accounts build their VPCs'

peering=$(as $SHOP create-vpc-peering-connection --vpc-id "$requester" --peer-vpc-id "$accepter" \
  --peer-owner-id $PLATFORM --query VpcPeeringConnection.VpcPeeringConnectionId)
readonly requester accepter peering
step "the requester asks for $peering"

until_prints 'DNS and status, as the requester sees them' $'True\tconnected' seen_by $SHOP RequesterVpcInfo
until_prints 'DNS and status, as the accepter sees them' $'True\tconnected' seen_by $PLATFORM AccepterVpcInfo
step 'autopeer accepts it, turns DNS on, and tags it on both sides'

until_prints 'routes of the requester' $'10.112.0.0/16\tactive' routes $SHOP "$requester"
until_prints 'routes of the accepter' $'10.111.0.0/16\tactive' routes $PLATFORM "$accepter"
step 'each side has its route to the other'

as $SHOP delete-vpc-peering-connection --vpc-peering-connection-id "$peering" >/dev/null
until_prints 'status' deleted status $SHOP
until_prints 'routes of the requester' '' routes $SHOP "$requester"
until_prints 'routes of the accepter' '' routes $PLATFORM "$accepter"
step 'after the deletion both sides are clean'

if refusal=$(as $SHOP accept-vpc-peering-connection --vpc-peering-connection-id "$peering" 2>&1); then
  fail 'a deleted peering was accepted'
fi
[[ $refusal == *'(OperationNotPermitted)'* ]] || fail "another refusal than expected: $refusal"
step 'errors have AWS’s codes'
