"""The sandbox through boto3: two accounts peer their VPCs, and autopeer connects them.

Needs a sandbox with the world `demo` at AWS_ENDPOINT_URL; see docs/conformance.md.
"""

import json
import time

import boto3
from botocore.exceptions import ClientError

SHOP, PLATFORM, MANAGEMENT = "111111111111", "222222222222", "999999999999"
REGION = "eu-west-1"
WAIT_SECONDS = 60
POLL_SECONDS = 0.2


def client(service, account, region=REGION):
    """A client of an account's administrator: the sandbox takes the account's id for its access key id."""
    return boto3.client(service, region, aws_access_key_id=account, aws_secret_access_key="any")


def step(name):
    print(f"  ✓ {name}", flush=True)


def until(read, is_done, what):
    """Polls, bounded: the sandbox's time passes by itself."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        value = read()
        if is_done(value):
            return value
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"no {what} within {WAIT_SECONDS} s: {value}")


def assert_code(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
    else:
        raise AssertionError(f"{code} was expected")


def build_vpc(ec2, cidr, subnets):
    """A VPC with DNS hostnames, and a route table for each of its subnets."""
    vpc_id = ec2.create_vpc(CidrBlock=f"{cidr}.0.0/16")["Vpc"]["VpcId"]
    ec2.get_waiter("vpc_available").wait(VpcIds=[vpc_id])
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    for index in range(subnets):
        subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"{cidr}.{index}.0/24")["Subnet"]["SubnetId"]
        table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(SubnetId=subnet, RouteTableId=table)
    return vpc_id


def of_vpc(vpc_id):
    return [{"Name": "vpc-id", "Values": [vpc_id]}]


def routes_to(ec2, vpc_id, peering_id):
    pages = ec2.get_paginator("describe_route_tables").paginate(Filters=of_vpc(vpc_id))
    return sorted(
        (route["DestinationCidrBlock"], route["State"])
        for page in pages
        for table in page["RouteTables"]
        for route in table["Routes"]
        if route.get("VpcPeeringConnectionId") == peering_id
    )


def peering_of(ec2, peering_id):
    return ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering_id])["VpcPeeringConnections"][0]


def tags_of(ec2, peering_id):
    return {tag["Key"]: tag["Value"] for tag in peering_of(ec2, peering_id).get("Tags", [])}


def main():
    shop, platform = client("ec2", SHOP), client("ec2", PLATFORM)
    assert client("sts", SHOP).get_caller_identity()["Account"] == SHOP
    requester = build_vpc(shop, "10.101", 7)
    accepter = build_vpc(platform, "10.102", 1)
    step("two accounts build their VPCs")

    pages = shop.get_paginator("describe_route_tables").paginate(
        Filters=of_vpc(requester), PaginationConfig={"PageSize": 5}
    )
    tables = [table["RouteTableId"] for page in pages for table in page["RouteTables"]]
    assert len(tables) == len(set(tables)) == 8, tables
    step("a paginator finds every route table once")

    peering_id = shop.create_vpc_peering_connection(
        VpcId=requester,
        PeerVpcId=accepter,
        PeerOwnerId=PLATFORM,
        TagSpecifications=[
            {"ResourceType": "vpc-peering-connection", "Tags": [{"Key": "team", "Value": "web"}]}
        ],
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    shop.get_waiter("vpc_peering_connection_exists").wait(VpcPeeringConnectionIds=[peering_id])
    step("the waiter vpc_peering_connection_exists sees the request")

    until(lambda: peering_of(shop, peering_id)["Status"]["Code"], "active".__eq__, "active peering")
    assert until(
        lambda: routes_to(shop, requester, peering_id), lambda routes: len(routes) == 7, "routes of the requester"
    ) == [("10.102.0.0/16", "active")] * 7
    assert until(
        lambda: routes_to(platform, accepter, peering_id), lambda routes: len(routes) == 1, "route of the accepter"
    ) == [("10.101.0.0/16", "active")]
    step("autopeer connects them: active, a route in each table of both sides")

    for ec2, side in ((shop, "RequesterVpcInfo"), (platform, "AccepterVpcInfo")):
        until(
            lambda: peering_of(ec2, peering_id)[side].get("PeeringOptions", {}),
            lambda options: options.get("AllowDnsResolutionFromRemoteVpc") is True,
            f"DNS of {side}",
        )
        until(
            lambda: tags_of(ec2, peering_id),
            lambda tags: tags.get("autopeer:status") == "connected",
            f"status tags of {side}",
        )
    assert tags_of(shop, peering_id)["team"] == "web"
    assert "team" not in tags_of(platform, peering_id)
    step("DNS is on and the status is in the tags of both sides")

    for name, value in {
        "status-code": "active",
        "tag:team": "w*",
        "tag-key": "autopeer:rule",
        "accepter-vpc-info.vpc-id": accepter,
    }.items():
        found = shop.describe_vpc_peering_connections(Filters=[{"Name": name, "Values": [value]}])
        ids = [peering["VpcPeeringConnectionId"] for peering in found["VpcPeeringConnections"]]
        assert peering_id in ids, (name, ids)
    nothing = shop.describe_vpc_peering_connections(Filters=[{"Name": "status-code", "Values": ["expired"]}])
    assert nothing["VpcPeeringConnections"] == []
    step("filters find it, or nothing")

    by_id = {"VpcPeeringConnectionId": peering_id}
    assert_code("InvalidVpcID.NotFound", platform.describe_vpcs, VpcIds=[requester])
    assert_code("InvalidStateTransition", platform.accept_vpc_peering_connection, **by_id)
    assert_code("OperationNotPermitted", shop.accept_vpc_peering_connection, **by_id)
    assert_code("DryRunOperation", shop.delete_vpc_peering_connection, DryRun=True, **by_id)
    for code, bad_id in (("ID.NotFound", "pcx-0fffffffffffffff0"), ("Id.Malformed", "pcx-nonsense")):
        assert_code(
            f"InvalidVpcPeeringConnection{code}",
            shop.describe_vpc_peering_connections,
            VpcPeeringConnectionIds=[bad_id],
        )
    route = {"RouteTableId": tables[-1], "DestinationCidrBlock": "10.102.0.0/16", **by_id}
    assert_code("RouteAlreadyExists", shop.create_route, **route)
    step("errors have AWS's codes")

    platform.delete_vpc_peering_connection(**by_id)
    shop.get_waiter("vpc_peering_connection_deleted").wait(
        VpcPeeringConnectionIds=[peering_id], WaiterConfig={"Delay": 1, "MaxAttempts": WAIT_SECONDS}
    )
    step("the waiter vpc_peering_connection_deleted sees the deletion")

    for ec2, vpc_id in ((shop, requester), (platform, accepter)):
        until(lambda: routes_to(ec2, vpc_id, peering_id), lambda routes: routes == [], f"clean tables of {vpc_id}")
    step("autopeer removes the routes of both sides")

    move_letters()
    change_units()


def move_letters():
    """Messages of a dead-letter queue go back to where they came from."""
    sqs = client("sqs", SHOP)
    letters = sqs.create_queue(QueueName="letters")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=letters, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    work = sqs.create_queue(QueueName="work", Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "0"})["QueueUrl"]
    sqs.send_message(QueueUrl=work, MessageBody="a letter")
    for _ in range(2):
        sqs.receive_message(QueueUrl=work)
    started = sqs.start_message_move_task(SourceArn=arn)
    assert_code("InvalidParameterValue", sqs.start_message_move_task, SourceArn=arn)
    task = until(
        lambda: sqs.list_message_move_tasks(SourceArn=arn)["Results"][0],
        lambda task: task["Status"] == "COMPLETED",
        "task that is completed",
    )
    assert task["ApproximateNumberOfMessagesMoved"] == 1, task
    assert sqs.receive_message(QueueUrl=work)["Messages"][0]["Body"] == "a letter"
    assert_code("AWS.SimpleQueueService.UnsupportedOperation", sqs.cancel_message_move_task, TaskHandle=started["TaskHandle"])
    step("a message move task takes a dead letter back to its queue")


def change_units():
    """An OU is made, renamed and deleted."""
    organizations = client("organizations", MANAGEMENT)
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="spare")["OrganizationalUnit"]["Id"]
    inner = organizations.create_organizational_unit(ParentId=unit, Name="inner")["OrganizationalUnit"]["Id"]
    renamed = organizations.update_organizational_unit(OrganizationalUnitId=unit, Name="other")
    assert renamed["OrganizationalUnit"]["Name"] == "other", renamed
    delete = organizations.delete_organizational_unit
    assert_code("OrganizationalUnitNotEmptyException", delete, OrganizationalUnitId=unit)
    delete(OrganizationalUnitId=inner)
    delete(OrganizationalUnitId=unit)
    assert_code("OrganizationalUnitNotFoundException", delete, OrganizationalUnitId=unit)
    step("an OU is made, renamed and deleted")


if __name__ == "__main__":
    main()
