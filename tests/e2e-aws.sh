#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# AWS identities: account authorization details, credential report (both forms), password policy, account summary.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}
DB=$D/aws.db
F=tests/fixtures/aws/111122223333
q() { sqlite3 "$DB" "$1"; }
"$PLIMSOLL" analyze -o "$DB" $F > /dev/null 2>&1
ok "some of it is damaged" "$?" 4
ok "and said so" "$(q "SELECT path, coalesce(pointer, '-'), substr(message, 1, 44) FROM v_problem ORDER BY id")" \
	"account-authorization-details.json|/UserDetailList/2|an entry of UserDetailList without UserName
account-authorization-details.json|/RoleDetailList/2|statement 1 of the policy has the effect 'Pe
account-authorization-details.json|-|the policy arn:aws:iam::aws:policy/AmazonEKS
credential-report.csv|line 5|2 fields instead of 22"
ok "scope and kinds" "$(q "SELECT s.name, k.kind, k.items FROM evidence_kind k JOIN scope s ON s.id = k.scope ORDER BY 2")" \
	"111122223333|aws/account-authorization-details|10
111122223333|aws/account-summary|1
111122223333|aws/credential-report|3
111122223333|aws/password-policy|1"
# Times from date -u -d ... +%s.
ok "principals" "$(q "SELECT t.ref, p.created, coalesce(p.last_used, '-'), p.last_used_known, coalesce(p.mfa, '-'), coalesce(p.password, '-'), coalesce(p.human, '-'), p.service_linked
	FROM principal p JOIN thing t ON t.id = p.thing ORDER BY 1")" \
	"aws:111122223333/group/admins|1577836800|-|0|-|-|-|0
aws:111122223333/role/AWSServiceRoleForAmazonEKS|1622937600|-|1|-|-|-|1
aws:111122223333/role/node|1651727105|1795161600|1|-|-|-|0
aws:111122223333/role/open|1622937600|-|0|-|-|-|0
aws:111122223333/role/partner|1622937600|-|1|-|-|-|0
aws:111122223333/root|1572566400|1767614400|1|1|-|-|0
aws:111122223333/user/alice|1614676500|1795073400|1|0|1|1|0
aws:111122223333/user/ci-deployer|1579514400|1583020800|1|0|0|0|0"
ok "credentials" "$(q "SELECT principal, label, active, last_rotated, coalesce(last_used, 'never'), last_used_known FROM v_credential ORDER BY 1, 2")" \
	"alice|access key 1|1|1706745600|1794960000|1
alice|password|1|1788220800|1795073400|1
ci-deployer|access key 1|1|1579514400|never|1
ci-deployer|access key 2|0|1580515200|1583020800|1"
ok "rights" "$(q "SELECT principal, policy, policy_kind, coalesce(via_group, '-'), effect, actions, not_actions, resources, not_resources, coalesce(conditions, '-')
	FROM v_principal_statement ORDER BY 1, 2, 5")" \
	'admins|AdministratorAccess|managed-aws|-|Allow|["*"]|[]|["*"]|[]|-
alice|AdministratorAccess|managed-aws|admins|Allow|["*"]|[]|["*"]|[]|-
ci-deployer|deploy|inline|-|Allow|["ecr:*","eks:DescribeCluster"]|[]|["*"]|[]|-
ci-deployer|deploy|inline|-|Deny|[]|["ecr:Get*"]|[]|["arn:aws:iam::111122223333:role/x"]|-
ci-deployer|uploads|managed-customer|-|Allow|["s3:PutObject"]|[]|["arn:aws:s3:::shop-uploads/*"]|[]|{"Bool":{"aws:SecureTransport":"true"}}
partner|all|inline|-|Allow|["*"]|[]|["*"]|[]|-'
ok "boundary" "$(q "SELECT p.name, o.name FROM principal_policy x JOIN principal p ON p.thing = x.principal JOIN policy o ON o.thing = x.policy WHERE x.boundary")" "ci-deployer|limits"
ok "trust" "$(q "SELECT role, effect, kind, principal, actions FROM v_role_trust ORDER BY 1, 4")" \
	'AWSServiceRoleForAmazonEKS|Allow|Service|eks.amazonaws.com|["sts:AssumeRole"]
node|Allow|Service|ec2.amazonaws.com|["sts:AssumeRole"]
node|Allow|Service|ssm.amazonaws.com|["sts:AssumeRole"]
open|Allow|AWS|*|["sts:AssumeRole"]
partner|Allow|AWS|arn:aws:iam::999988887777:root|["sts:AssumeRole","sts:TagSession"]'
ok "settings" "$(q "SELECT account, setting, value FROM v_account_setting WHERE setting IN ('password-policy.MinimumPasswordLength', 'password-policy.RequireSymbols',
	'summary.AccountMFAEnabled') ORDER BY 2")" "111122223333|password-policy.MinimumPasswordLength|8
111122223333|password-policy.RequireSymbols|false
111122223333|summary.AccountMFAEnabled|1"
ok "external ids are hidden" "$(grep -c planted "$DB")" 0

# The JSON form around the report, and the same evidence twice, change nothing.
q "SELECT * FROM credential" > "$D/once"
"$PLIMSOLL" analyze -o "$DB" $F/account-authorization-details.json tests/fixtures/aws/credential-report.json > /dev/null 2>&1
ok "base64 in JSON" "$(q "SELECT count(*) FROM credential")" "4"
cp -r $F "$D/again"
"$PLIMSOLL" analyze -o "$DB" $F "$D/again" > /dev/null 2>&1
ok "twice: credentials" "$(q "SELECT count(*) FROM credential")" 4
ok "twice: rights" "$(q "SELECT count(*) FROM v_principal_statement")" 6

printf '{"UserDetailList":[{"UserName":"a","Arn":"arn:aws:iam::111122223333:user/a"}],"IsTruncated":true,"Marker":"x"}' > "$D/page.json"
"$PLIMSOLL" analyze -o "$DB" "$D/page.json" > /dev/null 2>&1
ok "one page of several" "$(q "SELECT substr(message, 1, 19) FROM problem")" "one page of several"
finish
