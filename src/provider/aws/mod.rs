//! `aws-kms`: symmetric keys of AWS KMS, by the ARN of the key, bound to the file by the encryption context.

mod clients;
mod words;

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use zeroize::Zeroizing;

use super::service::{BINDING, Call, Failure, Outcome, Pending, Service, Stored};
use super::{Payload, Session, Staleness, unusable};
use crate::error::Result;
use words::failure;

pub(super) use clients::Clients;

/// The provider of keys in AWS KMS.
pub struct Aws;

/// What speaks for credentials in the environment.
const SIGNS: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

impl Service for Aws {
    fn service(&self) -> &'static str {
        "aws-kms"
    }

    fn canonical(&self, rest: &str) -> Result<String> {
        match Arn::read(rest) {
            Ok(_) => Ok(rest.to_owned()),
            Err(what) => Err(unusable(&format!("aws-kms:{rest}"), what)),
        }
    }

    fn place(&self, rest: &str) -> String {
        Arn::read(rest).map(|arn| format!("aws {} {}", arn.region, arn.account)).unwrap_or_default()
    }

    fn has_credentials(&self, _: &str, session: &Session) -> bool {
        let environment = session.environment();
        let file = environment.home().map(|home| home.join(".aws"));
        SIGNS.iter().any(|name| environment.var(name).is_some()) || file.is_some_and(|file| file.exists())
    }

    fn wrap<'a>(&'a self, call: &'a Call<'a>, payload: &'a [u8]) -> Pending<'a, Vec<u8>> {
        Box::pin(async move {
            let key = Key::open(call).await?;
            // Asked before: a rotation in between makes the wrap look older than it is, and not newer.
            let material = key.material().await?;
            let ask = key.client.encrypt().key_id(call.rest).plaintext(Blob::new(payload));
            let ask = ask.encryption_context(BINDING, call.file_hex());
            let answer =
                ask.send().await.map_err(|error| failure(call, "kms:Encrypt", &error, &[payload]))?;
            key.must_be(answer.key_id())?;
            let blob = answer.ciphertext_blob().ok_or_else(|| incomplete("a ciphertext"))?;
            Ok(Stored::wrap(&material, blob.as_ref()))
        })
    }

    fn unwrap<'a>(&'a self, call: &'a Call<'a>, stored: Stored<'a>) -> Pending<'a, Payload> {
        Box::pin(async move {
            let key = Key::open(call).await?;
            let ask = key.client.decrypt().key_id(call.rest).ciphertext_blob(Blob::new(stored.bytes));
            let ask = ask.encryption_context(BINDING, call.file_hex());
            let answer = ask.send().await.map_err(|error| failure(call, "kms:Decrypt", &error, &[]))?;
            key.must_be(answer.key_id())?;
            let plaintext = answer.plaintext.ok_or_else(|| incomplete("a plaintext"))?;
            Ok(Payload::new(Zeroizing::new(plaintext.into_inner())))
        })
    }

    fn staleness<'a>(&'a self, call: &'a Call<'a>, stored: Stored<'a>) -> Pending<'a, Staleness> {
        Box::pin(async move {
            let newest = Key::open(call).await?.material().await?;
            Ok(match (stored.version, newest.as_str()) {
                ("", _) | (_, "") => Staleness::Unknown,
                (version, newest) if version == newest => Staleness::Current,
                _ => Staleness::Stale,
            })
        })
    }

    fn rewrap<'a>(&'a self, call: &'a Call<'a>, stored: Stored<'a>) -> Pending<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let key = Key::open(call).await?;
            let ask = key.client.re_encrypt().ciphertext_blob(Blob::new(stored.bytes));
            let ask = ask.source_key_id(call.rest).destination_key_id(call.rest);
            let ask = ask.source_encryption_context(BINDING, call.file_hex());
            let ask = ask.destination_encryption_context(BINDING, call.file_hex());
            let right = "kms:ReEncryptFrom and kms:ReEncryptTo";
            let answer = ask.send().await.map_err(|error| failure(call, right, &error, &[]))?;
            key.must_be(answer.key_id())?;
            key.must_be(answer.source_key_id())?;
            let blob = answer.ciphertext_blob().ok_or_else(|| incomplete("a ciphertext"))?;
            Ok(Some(Stored::wrap(answer.destination_key_material_id().unwrap_or(""), blob.as_ref())))
        })
    }
}

/// A key and the client to ask for it.
struct Key<'a> {
    call: &'a Call<'a>,
    client: Client,
}

impl<'a> Key<'a> {
    async fn open(call: &'a Call<'a>) -> Outcome<Self> {
        let arn = Arn::read(call.rest).map_err(Failure::refused)?;
        Ok(Self { call, client: clients::client(call, arn.region).await })
    }

    /// Which material the key encrypts with now, asked for once in a run; empty when that may not be known.
    async fn material(&self) -> Outcome<String> {
        let find = async {
            match self.client.describe_key().key_id(self.call.rest).send().await {
                Ok(answer) => {
                    let material = answer.key_metadata().and_then(|known| known.current_key_material_id());
                    Ok(material.unwrap_or("").to_owned())
                }
                Err(error) if words::is_denied(&error) => Ok(String::new()),
                Err(error) => Err(failure(self.call, "kms:DescribeKey", &error, &[])),
            }
        };
        let name = format!("{} {:?}", self.call.rest, self.call.settings.map(|settings| &settings.matches));
        self.call.session.memory().fact(&name, find).await
    }

    /// Fails when the service speaks of another key than the one it was asked for.
    fn must_be(&self, answered: Option<&str>) -> Outcome<()> {
        if answered == Some(self.call.rest) {
            return Ok(());
        }
        Err(Failure::nonsense("answered for another key than the one it was asked for"))
    }
}

fn incomplete(what: &str) -> Failure {
    Failure::nonsense(format!("answered without {what}"))
}

/// The parts of a key's ARN.
struct Arn<'a> {
    region: &'a str,
    account: &'a str,
}

impl<'a> Arn<'a> {
    fn read(text: &'a str) -> std::result::Result<Self, &'static str> {
        const SHAPE: &str = "it must be the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID";
        let parts: Vec<&str> = text.split(':').collect();
        let &["arn", partition, "kms", region, account, key] = parts.as_slice() else { return Err(SHAPE) };
        let is_name = |text: &str| {
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            (1..=64).contains(&text.len()) && text.bytes().all(is_plain)
        };
        if key.starts_with("alias/") {
            return Err(
                "an alias may be made to mean another key: name the key's own ARN (aws kms describe-key \
                        --key-id ALIAS --query KeyMetadata.Arn)",
            );
        }
        let id = key.strip_prefix("key/").ok_or(SHAPE)?;
        let is_partition = partition == "aws" || partition.strip_prefix("aws-").is_some_and(is_name);
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        if is_partition && is_name(region) && is_account && is_name(id) {
            Ok(Self { region, account })
        } else {
            Err(SHAPE)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_arn_of_a_key_is_one() {
        let read = |text: &str| Arn::read(text).map(|arn| (arn.region.to_owned(), arn.account.to_owned()));
        for text in [
            "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
        ] {
            assert!(read(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:kms:eu-west-1:111122223333:key/",
            "arn:aws:kms:eu-west-1:11112222333:key/a",
            "arn:aws:kms::111122223333:key/a",
            "arn:aws:s3:eu-west-1:111122223333:key/a",
            "arn:evil:kms:eu-west-1:111122223333:key/a",
            "arn:aws:kms:eu-west-1.evil.example:111122223333:key/a",
            "arn:aws:kms:eu-west-1:111122223333:key/a/b",
            "arn:aws:kms:eu-west-1:111122223333:key/a:b",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read("arn:aws:kms:eu-west-1:111122223333:alias/app").unwrap_err().contains("alias"));
    }
}
