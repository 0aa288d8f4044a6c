#!/usr/bin/env bash
# AWS KMS: moto (PyPI) with the strict layer in aws_moto_strict.py; --plain runs moto as it is. Usage: start-aws.sh [--plain] [port]; eval its output.
. "$(dirname "$0")/lib.sh"
plain=; [ "${1:-}" = --plain ] && { plain=1; shift; }; port=${1:-$(free_port)}
py=$(venv moto 'moto[server]==5.2.5')
export KMS_LOG=$STATE/aws-cloudtrail.jsonl
if [ -n "$plain" ]; then launch aws "${py%python}moto_server" -H 127.0.0.1 -p "$port"; else launch aws "$py" "$HERE/aws_moto_strict.py" "$port"; fi
wait_http aws "http://127.0.0.1:$port/moto-api/"
k() { AWS_ACCESS_KEY_ID=AKIADEKKOTEST0000001 AWS_SECRET_ACCESS_KEY=test "$py" -c "import boto3;print(boto3.client('kms',endpoint_url='http://127.0.0.1:$port',region_name='$1').create_key()['KeyMetadata']['Arn'])"; }
a=$(k eu-west-1); b=$(k eu-west-1)
cat <<OUT
export AWS_ENDPOINT_URL_KMS=http://127.0.0.1:$port AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 AWS_ACCESS_KEY_ID=AKIADEKKOTEST0000001 AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
export DEKKO_TEST_AWS_KEY=$a DEKKO_TEST_AWS_KEY2=$b DEKKO_TEST_AWS_LOG=$KMS_LOG
unset AWS_PROFILE AWS_SESSION_TOKEN
OUT
