//! `azure-key-vault`: RSA keys in Azure Key Vault, over its REST interface. The service can bind nothing to a wrap;
//! COMMIT tells a wrap of another file.

mod tokens;

use reqwest::{Method, Url};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::service::{
    Ask, Call, Failure, Freshness, Http, Outcome, Pending, Reply, Service, Stored, address, code, words,
};
use super::{Payload, Session, Staleness, unusable};
use crate::crypto::{from_base64url, to_base64url};
use crate::error::Result;
use tokens::token;

pub(super) use tokens::Tokens;

/// The provider of keys in Azure Key Vault and Managed HSM.
pub struct Azure;

/// RSA-OAEP with SHA-256 for both hashes (RFC 8017 section 7.1).
const ALGORITHM: &str = "RSA-OAEP-256";
/// The version of the interface.
const API: &str = "api-version=7.4";
/// The hosts of the service, and what their tokens are for.
const HOSTS: [(&str, &str); 4] = [
    (".vault.azure.net", "https://vault.azure.net/.default"),
    (".vault.azure.cn", "https://vault.azure.cn/.default"),
    (".vault.usgovcloudapi.net", "https://vault.usgovcloudapi.net/.default"),
    (".managedhsm.azure.net", "https://managedhsm.azure.net/.default"),
];

impl Service for Azure {
    fn service(&self) -> &'static str {
        "azure-key-vault"
    }

    fn canonical(&self, rest: &str) -> Result<String> {
        let read = Key::read(rest).map(|key| format!("{}/keys/{}", key.vault, key.name));
        read.map_err(|what| unusable(&format!("azure-key-vault:{rest}"), what))
    }

    fn place(&self, rest: &str) -> String {
        Key::read(rest).map(|key| key.vault).unwrap_or_default()
    }

    fn has_credentials(&self, _: &str, session: &Session) -> bool {
        let environment = session.environment();
        let names = ["AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE", "IDENTITY_ENDPOINT"];
        let folder = environment.home().map(|home| home.join(".azure"));
        names.iter().any(|name| environment.var(name).is_some())
            || folder.is_some_and(|folder| folder.exists())
    }

    fn wrap<'a>(&'a self, call: &'a Call<'a>, payload: &'a [u8]) -> Pending<'a, Vec<u8>> {
        Box::pin(async move {
            let text = Zeroizing::new(to_base64url(payload));
            let body = json!({ "alg": ALGORITHM, "value": *text });
            let answer = ask(call, Method::POST, "/wrapkey", Some(&body), &[text.as_bytes()]).await?;
            let version = version(call, &answer, "/kid")?;
            let wrapped = value(&answer)?;
            // As long as the modulus of a key of 2048, 3072 or 4096 bits.
            if !matches!(wrapped.len(), 256 | 384 | 512) {
                return Err(Failure::nonsense("the Key Vault answered with what no RSA key wraps"));
            }
            Ok(Stored::wrap(version, &wrapped))
        })
    }

    fn unwrap<'a>(&'a self, call: &'a Call<'a>, stored: Stored<'a>) -> Pending<'a, Payload> {
        Box::pin(async move {
            if !is_version(stored.version) {
                return Err(Failure::refused("its wrap is not one of this kind"));
            }
            let body = json!({ "alg": ALGORITHM, "value": to_base64url(stored.bytes) });
            let verb = format!("/{}/unwrapkey", stored.version);
            let answer = ask(call, Method::POST, &verb, Some(&body), &[]).await?;
            if version(call, &answer, "/kid")? != stored.version {
                return Err(another());
            }
            Ok(Payload::new(value(&answer)?))
        })
    }

    fn staleness<'a>(&'a self, call: &'a Call<'a>, stored: Stored<'a>) -> Pending<'a, Staleness> {
        Box::pin(async move {
            let name = format!("azure {}", call.rest);
            let find = async {
                let answer = ask(call, Method::GET, "", None, &[]).await?;
                version(call, &answer, "/key/kid").map(str::to_owned)
            };
            let newest = call.session.memory().fact(&name, find).await?;
            Ok(if stored.version == newest { Staleness::Current } else { Staleness::Stale })
        })
    }
}

/// A key: `https://vault/keys/name`.
struct Key {
    vault: String,
    name: String,
}

impl Key {
    fn read(text: &str) -> std::result::Result<Self, &'static str> {
        const SHAPE: &str = "it must be https://VAULT/keys/NAME, without a version";
        let (vault, name) = text.split_once("/keys/").ok_or(SHAPE)?;
        let vault = address(vault)?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !vault.starts_with("https://")
            || name.is_empty()
            || name.len() > 127
            || !name.bytes().all(is_plain)
        {
            return Err(SHAPE);
        }
        Ok(Self { vault, name: name.to_owned() })
    }
}

/// What a token for `vault` must be for.
///
/// # Errors
/// It is no host of the service, nor one that the user named.
fn scope(call: &Call<'_>, vault: &str) -> Outcome<&'static str> {
    let host = vault.strip_prefix("https://").unwrap_or("");
    // A port of its own is another server, whoever the host belongs to.
    let known =
        HOSTS.iter().find(|(suffix, _)| host.strip_suffix(suffix).is_some_and(|name| !name.is_empty()));
    if let Some((_, scope)) = known {
        return Ok(scope);
    }
    let settings = call.settings.and_then(|settings| settings.address.as_deref());
    let hosts = call.session.environment().text("DEKKO_AZURE_VAULT_HOSTS").unwrap_or("");
    let is_named = settings.and_then(|named| address(named).ok()).as_deref() == Some(vault)
        || hosts.split(',').any(|named| named.trim() == host);
    if is_named {
        return Ok(HOSTS[0].1);
    }
    Err(Failure::no_credentials(format!(
        "'{host}' is no host of Azure Key Vault, and gets no token; if it is yours, name it in DEKKO_AZURE_VAULT_HOSTS \
         or as 'address' in dekko/config.toml"
    )))
}

/// What is answered to `verb` on the key.
async fn ask(
    call: &Call<'_>,
    method: Method,
    verb: &str,
    body: Option<&Value>,
    secrets: &[&[u8]],
) -> Outcome<Value> {
    let key = Key::read(call.rest).map_err(Failure::refused)?;
    let scope = scope(call, &key.vault)?;
    let url = Url::parse(&format!("{}/keys/{}{verb}?{API}", key.vault, key.name));
    let url = url.map_err(|_| Failure::refused("it does not name a key as dekko writes it"))?;
    let http = call.session.memory().http("azure", || Http::new(|builder| builder))?;
    let mut freshness = Freshness::Kept;
    loop {
        let token = token(call, scope, freshness).await?;
        let bearer = Zeroizing::new(format!("Bearer {}", token.as_str()));
        let mut ask = Ask::new(method.clone(), url.clone()).secret("authorization", &bearer)?;
        if let Some(body) = body {
            ask = ask.json(body);
        }
        let reply = http.send(&ask, call.deadline).await?;
        if reply.status == 200 {
            return reply.json();
        }
        if reply.status != 401 || freshness == Freshness::New {
            return Err(refusal(&key, verb, &reply, &[secrets, &[token.as_bytes()]].concat()));
        }
        freshness = Freshness::New;
    }
}

fn refusal(key: &Key, verb: &str, reply: &Reply, secrets: &[&[u8]]) -> Failure {
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let text = |at: &str| answer.pointer(at).and_then(Value::as_str).unwrap_or("");
    let (name, inner) = (code(text("/error/code")), code(text("/error/innererror/code")));
    let names = [name, inner].into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ");
    let said = words(text("/error/message"), secrets);
    let said = if names.is_empty() { said } else { format!("{names}: {said}") };
    let mut failure = reply.failure(&said);
    failure.reason = format!("the Key Vault {} {}", key.vault, failure.reason);
    let right = match verb {
        "" => "keys/read",
        "/wrapkey" => "keys/wrap/action",
        _ => "keys/unwrap/action",
    };
    match (reply.status, inner) {
        (401, _) => {
            let reason =
                format!("{}; the token has expired or is for another tenant: log in again", failure.reason);
            Failure::no_credentials(reason)
        }
        (403, "KeyDisabled") => failure.advise("the key is disabled: enable it, or use another recipient"),
        (403, _) => failure.advise(&format!("whose credentials these are needs '{right}' on the key")),
        (404, _) => failure.advise("there is no such key, or no such version of it, in that vault"),
        (400, _) if verb.ends_with("/unwrapkey") => {
            failure.advise("the wrap was made by another key, or was altered")
        }
        _ => failure,
    }
}

/// The bytes of an answer.
fn value(answer: &Value) -> Outcome<Zeroizing<Vec<u8>>> {
    let text = answer.get("value").and_then(Value::as_str);
    let bytes = text.and_then(|text| from_base64url(text.trim_end_matches('=')));
    bytes.map(Zeroizing::new).ok_or_else(|| Failure::nonsense("the Key Vault answered without a value"))
}

/// The version of the key that an answer names at `at`; another key is none.
fn version<'v>(call: &Call<'_>, answer: &'v Value, at: &str) -> Outcome<&'v str> {
    let kid = answer.pointer(at).and_then(Value::as_str).unwrap_or("");
    let version = kid.strip_prefix(call.rest).and_then(|rest| rest.strip_prefix('/'));
    version.filter(|version| is_version(version)).ok_or_else(another)
}

fn is_version(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn another() -> Failure {
    Failure::nonsense("the Key Vault answered for another key than the one it was asked for")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_by_vault_and_name_and_without_a_version() {
        let canonical = |text: &str| Azure.canonical(text).ok();
        let good = "https://app.vault.azure.net/keys/dekko";
        assert_eq!(canonical(good).as_deref(), Some(good));
        assert_eq!(canonical("https://APP.vault.azure.net:443/keys/dekko").as_deref(), Some(good));
        for text in [
            "",
            "https://app.vault.azure.net/keys/",
            "https://app.vault.azure.net/keys/a/0123",
            "https://app.vault.azure.net/secrets/a",
            "https://app.vault.azure.net/keys/..",
            "http://127.0.0.1/keys/a",
            "https://u@app.vault.azure.net/keys/a",
            "https://evil/x/keys/a",
        ] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }
}
