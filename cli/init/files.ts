/** What people answer, or give as options. */
export interface Answers {
  readonly stage: string;
  readonly region: string;
  readonly organization: string | undefined;
  readonly units: readonly string[];
}

/**
 * The files of a folder of one's own, by their path in it.
 *
 * @param version of autopeer, which the workflow runs
 */
export const filesFor = (answers: Answers, version: string): Readonly<Record<string, string>> => ({
  'autopeer.yaml': settings(answers),
  'policy.yaml': policy(answers),
  'policy.test.yaml': TESTS,
  '.github/workflows/policy.yml': workflow(version),
  'README.md': readme(version),
});

const settings = ({
  stage,
  region,
  organization,
  units,
}: Answers): string => `# Where autopeer runs. \`autopeer deploy\` reads this file in the folder where you are.
version: 1
policy: policy.yaml
# Every name in AWS starts with autopeer-<stage>.
stage: ${stage}
# The hub's own region. Which regions are governed is in the policy.
region: ${region}
# The id of your organization: aws organizations describe-organization
${organization === undefined ? '# organization: o-a1b2c3d4e5' : `organization: ${organization}`}
# The OUs whose accounts get the member stack, or the root.
${units.length === 0 ? '# units: [ou-ab12-apps0001]' : `units: [${units.join(', ')}]`}
`;

const policy = ({
  region,
}: Answers): string => `# What autopeer may join. \`autopeer policy check\` says what is wrong with it, \`autopeer deploy\` puts it to work.
version: 1

# The regions that autopeer governs. Elsewhere it changes nothing.
regions: [${region}]

# A dry run: autopeer decides and tells, and changes nothing. Take this line out when what it tells is right.
dryRun: true

# Named sets of VPCs. These ids are placeholders: put in your own.
groups:
  # Everything under these OUs, at any depth.
  apps: { ous: [ou-xxxx-apps0000] }
  # Account ids go in quotes: without them YAML reads a number and drops leading zeros.
  shared-services: { accounts: ['000000000000'] }

# Nothing is allowed that no rule allows. A request that no rule matches waits for a person.
allow:
  - name: apps-to-shared
    requester: apps
    accepter: shared-services
    # Each request waits until a person approves it. Take the line out once you trust the rule.
    approval: required

# A deny always wins. To let a vendor in, take this rule out and write an allow rule for the vendor's account.
deny:
  - name: never-outside
    between: [any, { external: true }]
    reason: Peering with another company needs a change of the policy. Ask the network team.
`;

const TESTS = `# What must hold of policy.yaml, whoever changes it: autopeer policy test. A deployment runs it first.
version: 1
tests:
  - name: an app reaches the shared services once a person has looked at it
    requester: { account: '100000000001', ous: [ou-xxxx-apps0000], cidrs: [10.1.0.0/16] }
    accepter: { account: '000000000000', cidrs: [10.2.0.0/16] }
    expect: { decision: hold, rule: apps-to-shared, reason: approval-required }
  - name: another company is turned away
    requester: { account: '999900001111', external: true }
    accepter: { account: '100000000001', ous: [ou-xxxx-apps0000] }
    expect: { decision: reject, rule: never-outside }
`;

const workflow = (
  version: string,
): string => `# Checks the policy of a pull request, and comments what it would change.
name: policy
on:
  pull_request:
    paths: [policy.yaml, policy.test.yaml, organization.json]
permissions:
  contents: read
  pull-requests: write
jobs:
  policy:
    runs-on: ubuntu-latest
    env:
      # Commit the tarball here, or name a package of a registry that you trust.
      AUTOPEER: npx --yes --package=./autopeer-${version}.tgz autopeer
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0 }
      - uses: actions/setup-node@v4
        with: { node-version: 24 }
      - run: $AUTOPEER policy check --strict
      - run: $AUTOPEER policy test
      - name: What it would change
        env:
          GH_TOKEN: \${{ github.token }}
          BASE: \${{ github.event.pull_request.base.sha }}
          PULL_REQUEST: \${{ github.event.pull_request.number }}
        run: |
          if [ ! -f organization.json ]; then
            echo 'Commit a snapshot, and this says what a change does: autopeer snapshot --out organization.json'
            exit 0
          fi
          git show "$BASE:./policy.yaml" > before.yaml || printf 'version: 1\\nregions: [eu-west-1]\\n' > before.yaml
          status=0
          $AUTOPEER policy diff before.yaml policy.yaml --org organization.json > diff.txt || status=$?
          # 1 says that access grows, which is for people to read. 2 says that it could not be compared.
          if [ "$status" -gt 1 ]; then cat diff.txt; exit "$status"; fi
          { echo '### What the policy would change'; echo '\`\`\`text'; head -c 60000 diff.txt; echo; echo '\`\`\`'; } > comment.md
          gh pr comment "$PULL_REQUEST" --edit-last --create-if-none --body-file comment.md
`;

const readme = (version: string): string => `# VPC peering by policy

\`policy.yaml\` says which VPCs may be joined; autopeer ${version} does it.

1. Put your ids into \`policy.yaml\` and your organization's into \`autopeer.yaml\`.
2. \`autopeer policy check\` and \`autopeer policy test\` say what is wrong with it.
3. \`autopeer snapshot --out organization.json\`, committed here, lets pull requests say what they would change.
4. \`autopeer deploy --plan\` shows what would be made, \`autopeer deploy\` makes the hub and gives the accounts their stacks.
5. Read what the dry run tells. Then take \`dryRun\` out of \`policy.yaml\` and deploy again.

When something is wrong: \`autopeer suspend\` stops every write, \`autopeer resume\` ends that.
`;
