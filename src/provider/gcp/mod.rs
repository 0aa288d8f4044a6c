//! `gcp-kms`: symmetric keys of Google Cloud KMS, over its REST interface, bound to the file by additional
//! authenticated data.

mod crc32c;
mod tokens;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::service::{
    Ask, Call, Failure, Freshness, Http, Outcome, Pending, Reply, Service, Stored, address, code, words,
};
use super::{Payload, Session, Staleness, unusable};
use crate::error::Result;
use crc32c::crc32c;
use tokens::headers;

pub(super) use tokens::Tokens;

/// The provider of keys in Google Cloud KMS.
pub struct Gcp;

/// Where the service is, unless the user says otherwise.
const ENDPOINT: &str = "https://cloudkms.googleapis.com";

impl Service for Gcp {
    fn service(&self) -> &'static str {
        "gcp-kms"
    }

    fn canonical(&self, rest: &str) -> Result<String> {
        const SHAPE: &str = "it must be projects/P/locations/L/keyRings/R/cryptoKeys/K, without a version";
        if is_key(rest) { Ok(rest.to_owned()) } else { Err(unusable(&format!("gcp-kms:{rest}"), SHAPE)) }
    }

    fn place(&self, rest: &str) -> String {
        rest.split("/keyRings/").next().unwrap_or("").to_owned()
    }

    fn has_credentials(&self, _: &str, session: &Session) -> bool {
        let environment = session.environment();
        let names = ["GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN"];
        let file =
            environment.home().map(|home| home.join(".config/gcloud/application_default_credentials.json"));
        names.iter().any(|name| environment.var(name).is_some()) || file.is_some_and(|file| file.exists())
    }

    fn wrap<'a>(&'a self, call: &'a Call<'a>, payload: &'a [u8]) -> Pending<'a, Vec<u8>> {
        Box::pin(async move {
            let aad = call.binding();
            let text = Zeroizing::new(STANDARD.encode(payload));
            let body = json!({
                "plaintext": *text,
                "plaintextCrc32c": crc32c(payload).to_string(),
                "additionalAuthenticatedData": STANDARD.encode(&aad),
                "additionalAuthenticatedDataCrc32c": crc32c(aad.as_bytes()).to_string(),
            });
            let answer = ask(call, Method::POST, ":encrypt", Some(&body), &[text.as_bytes()]).await?;
            let verified = ["verifiedPlaintextCrc32c", "verifiedAdditionalAuthenticatedDataCrc32c"];
            if !verified.iter().all(|name| answer.get(name).and_then(Value::as_bool) == Some(true)) {
                return Err(damaged());
            }
            let ciphertext = checked(&answer, "ciphertext")?;
            Ok(Stored::wrap(version(call, &answer, "/name")?, &ciphertext))
        })
    }

    fn unwrap<'a>(&'a self, call: &'a Call<'a>, stored: Stored<'a>) -> Pending<'a, Payload> {
        Box::pin(async move {
            let aad = call.binding();
            let body = json!({
                "ciphertext": STANDARD.encode(stored.bytes),
                "ciphertextCrc32c": crc32c(stored.bytes).to_string(),
                "additionalAuthenticatedData": STANDARD.encode(&aad),
                "additionalAuthenticatedDataCrc32c": crc32c(aad.as_bytes()).to_string(),
            });
            let answer = ask(call, Method::POST, ":decrypt", Some(&body), &[]).await?;
            Ok(Payload::new(checked(&answer, "plaintext")?))
        })
    }

    fn staleness<'a>(&'a self, call: &'a Call<'a>, stored: Stored<'a>) -> Pending<'a, Staleness> {
        Box::pin(async move {
            let name = format!("gcp {}", call.rest);
            let find = async {
                let answer = ask(call, Method::GET, "", None, &[]).await?;
                version(call, &answer, "/primary/name").map(str::to_owned)
            };
            let newest = call.session.memory().fact(&name, find).await?;
            Ok(match stored.version {
                "" => Staleness::Unknown,
                version if version == newest => Staleness::Current,
                _ => Staleness::Stale,
            })
        })
    }
}

/// Whether `text` names a key and no version of it, and leads nowhere else as part of a URL.
fn is_key(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    let &["projects", project, "locations", location, "keyRings", ring, "cryptoKeys", key] = parts.as_slice()
    else {
        return false;
    };
    let is_name = |text: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        (1..=63).contains(&text.len()) && text.bytes().all(is_plain)
    };
    // A project of a domain is `example.com:name`.
    let is_project = project.split([':', '.']).all(is_name) && project.matches(':').count() <= 1;
    is_project && [location, ring, key].into_iter().all(is_name)
}

/// Where requests about the key go: where the user says, or to Google.
fn endpoint(call: &Call<'_>) -> Outcome<String> {
    let named = call.settings.and_then(|settings| settings.address.as_deref());
    let named = named.or_else(|| call.session.environment().text("DEKKO_GCP_KMS_ENDPOINT"));
    let unfit = |what| {
        Failure::no_credentials(format!("the endpoint that you name for Google's KMS cannot be used: {what}"))
    };
    named.map_or_else(|| Ok(ENDPOINT.to_owned()), |named| address(named).map_err(unfit))
}

/// What is answered to `verb` on the key.
async fn ask(
    call: &Call<'_>,
    method: Method,
    verb: &str,
    body: Option<&Value>,
    secrets: &[&[u8]],
) -> Outcome<Value> {
    let endpoint = endpoint(call)?;
    let url = Url::parse(&format!("{endpoint}/v1/{}{verb}", call.rest));
    let url = url.map_err(|_| Failure::refused("it does not name a key as dekko writes it"))?;
    let http = call.session.memory().http("gcp", || Http::new(|builder| builder))?;
    let mut freshness = Freshness::Kept;
    loop {
        let mut ask = Ask::new(method.clone(), url.clone());
        ask.headers = headers(call, freshness).await?;
        let token = ask.headers.get("authorization").map(|value| value.as_bytes().to_vec());
        let token = Zeroizing::new(token.unwrap_or_default());
        if let Some(body) = body {
            ask = ask.json(body);
        }
        let reply = http.send(&ask, call.deadline).await?;
        if reply.status == 200 {
            return reply.json();
        }
        if reply.status != 401 || freshness == Freshness::New {
            let token = token.strip_prefix(b"Bearer ").unwrap_or(&token);
            return Err(refusal(call, verb, &reply, &[secrets, &[token]].concat()));
        }
        freshness = Freshness::New;
    }
}

fn refusal(call: &Call<'_>, verb: &str, reply: &Reply, secrets: &[&[u8]]) -> Failure {
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let text = |at: &str| answer.pointer(at).and_then(Value::as_str).unwrap_or("");
    let status = code(text("/error/status"));
    let said = words(text("/error/message"), secrets);
    let said = if status.is_empty() { said } else { format!("{status}: {said}") };
    let mut failure = reply.failure(&said);
    failure.reason = format!("Google's KMS {}", failure.reason);
    let role = match verb {
        ":encrypt" => "roles/cloudkms.cryptoKeyEncrypter",
        ":decrypt" => "roles/cloudkms.cryptoKeyDecrypter",
        _ => "roles/cloudkms.viewer",
    };
    match (reply.status, status) {
        (401, _) => Failure::no_credentials(format!(
            "{}; the token has expired or is none: log in again ('gcloud auth application-default login')",
            failure.reason
        )),
        (403, _) => failure.advise(&format!("whose credentials these are needs {role} on the key")),
        (404, _) => {
            let project = call.rest.split('/').nth(1).unwrap_or("");
            failure.advise(&format!("there is no such key in the project '{project}', or it may not be seen"))
        }
        (400, "FAILED_PRECONDITION") => {
            failure.advise("the key's version is disabled or destroyed: enable it")
        }
        (400, _) if verb == ":decrypt" => {
            failure.advise("the wrap was made for another file or by another key, or was altered")
        }
        _ => failure,
    }
}

/// The bytes at `name` of an answer, when they are those of the checksum beside them.
fn checked(answer: &Value, name: &str) -> Outcome<Zeroizing<Vec<u8>>> {
    let text = answer.get(name).and_then(Value::as_str);
    let bytes = text.and_then(|text| STANDARD.decode(text).ok()).map(Zeroizing::new);
    let bytes = bytes.ok_or_else(|| Failure::nonsense(format!("Google's KMS answered without a {name}")))?;
    // Numbers of 64 bits are texts in Google's JSON.
    let sum = answer.get(format!("{name}Crc32c")).and_then(Value::as_str);
    if sum == Some(crc32c(&bytes).to_string().as_str()) { Ok(bytes) } else { Err(damaged()) }
}

fn damaged() -> Failure {
    Failure::nonsense("what was said to Google's KMS or by it was damaged on the way (CRC32C); try again")
}

/// The number of the key's version that an answer names at `at`; another key is none.
fn version<'v>(call: &Call<'_>, answer: &'v Value, at: &str) -> Outcome<&'v str> {
    let name = answer.pointer(at).and_then(Value::as_str).unwrap_or("");
    let version = name.strip_prefix(call.rest).and_then(|rest| rest.strip_prefix("/cryptoKeyVersions/"));
    let is_number =
        |text: &&str| (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    version.filter(is_number).ok_or_else(|| {
        Failure::nonsense("Google's KMS answered for another key than the one it was asked for")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_in_full_and_without_a_version() {
        let good = "projects/p-1/locations/europe-west1/keyRings/r_1/cryptoKeys/k";
        assert!(is_key(good) && is_key(&good.replace("p-1", "example.com:p")));
        for text in [
            "",
            "projects/p",
            &format!("{good}/cryptoKeyVersions/1"),
            &format!("{good}:decrypt"),
            &format!("{good}?x=y"),
            &good.replace("r_1", ".."),
            &good.replace("r_1", ""),
            &good.replace("p-1", "p:q:r"),
            &good.replace('k', "%2e"),
            &format!("/{good}"),
        ] {
            assert!(!is_key(text), "{text}");
        }
    }
}
