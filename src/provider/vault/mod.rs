//! `vault-transit`: keys in the transit engine of HashiCorp Vault or OpenBao, over its HTTP interface.

mod access;
mod key;
#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::service::{Call, Failure, Http, Outcome, Pending, Reply, Service, Stored, is_passing};
use super::{Payload, Session, Staleness, unusable};
use crate::error::Result;
use access::Token;
use key::Key;

pub(super) use access::Tokens;

/// The provider of keys in Vault.
pub struct Vault;

impl Service for Vault {
    fn service(&self) -> &'static str {
        "vault-transit"
    }

    fn canonical(&self, rest: &str) -> Result<String> {
        let key = Key::read(rest);
        key.map(|key| key.rest()).map_err(|what| unusable(&format!("vault-transit:{rest}"), what))
    }

    fn place(&self, rest: &str) -> String {
        Key::read(rest).map(|key| key.address).unwrap_or_default()
    }

    fn has_credentials(&self, rest: &str, session: &Session) -> bool {
        Key::read(rest).is_ok_and(|key| access::is_at_hand(session.environment(), &key))
    }

    fn wrap<'a>(&'a self, call: &'a Call<'a>, payload: &'a [u8]) -> Pending<'a, Vec<u8>> {
        Box::pin(async move {
            let door = Door::open(call)?;
            // Vault makes a key that is not there when the token may do that: a typing error would go unnoticed.
            door.must_exist().await?;
            let text = Zeroizing::new(STANDARD.encode(payload));
            let body = json!({ "plaintext": *text, "context": door.context() });
            let answer = door.ask(Method::POST, "encrypt", Some(&body), &[text.as_bytes()]).await?;
            ciphertext(&answer)
        })
    }

    fn unwrap<'a>(&'a self, call: &'a Call<'a>, stored: Stored<'a>) -> Pending<'a, Payload> {
        Box::pin(async move {
            let door = Door::open(call)?;
            let body = json!({ "ciphertext": text_of(stored)?, "context": door.context() });
            let answer = door.ask(Method::POST, "decrypt", Some(&body), &[]).await?;
            let text = answer.pointer("/data/plaintext").and_then(Value::as_str);
            let payload = text.and_then(|text| STANDARD.decode(text).ok());
            payload.map(|bytes| Payload::new(Zeroizing::new(bytes))).ok_or_else(|| incomplete("a plaintext"))
        })
    }

    fn staleness<'a>(&'a self, call: &'a Call<'a>, stored: Stored<'a>) -> Pending<'a, Staleness> {
        Box::pin(async move {
            let version = version_of(text_of(stored)?).unwrap_or(0);
            let newest = Door::open(call)?.newest().await?;
            let newest = newest.parse().map_err(|_| {
                let advice = "its token needs the right 'read' on that path";
                Failure::refused(format!("does not say which version of the key is the newest; {advice}"))
            })?;
            Ok(if version < newest { Staleness::Stale } else { Staleness::Current })
        })
    }

    fn rewrap<'a>(&'a self, call: &'a Call<'a>, stored: Stored<'a>) -> Pending<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let door = Door::open(call)?;
            let text = text_of(stored)?;
            let body = json!({ "ciphertext": text, "context": door.context() });
            let wrap = ciphertext(&door.ask(Method::POST, "rewrap", Some(&body), &[]).await?)?;
            let new = Stored::of(&wrap).and_then(|new| text_of(new)).ok().and_then(version_of);
            if new < version_of(text) {
                return Err(Failure::nonsense("made the wrap anew under an older version of the key"));
            }
            Ok(Some(wrap))
        })
    }
}

/// A key, where it is asked for, and with which client.
struct Door<'a> {
    call: &'a Call<'a>,
    key: Key,
    place: String,
    http: Http,
}

impl<'a> Door<'a> {
    fn open(call: &'a Call<'a>) -> Outcome<Self> {
        let key = Key::read(call.rest).map_err(Failure::refused)?;
        let place = access::place(call, &key)?;
        let http = access::client(call)?;
        Ok(Self { call, key, place, http })
    }

    /// What the wrap is bound to. A key without `derived` takes no notice of it.
    fn context(&self) -> String {
        STANDARD.encode(self.call.binding())
    }

    /// What is answered to `verb` on the key.
    async fn ask(
        &self,
        method: Method,
        verb: &str,
        body: Option<&Value>,
        secrets: &[&[u8]],
    ) -> Outcome<Value> {
        let (reply, token) = self.reply(method, verb, body).await?;
        if reply.status == 200 {
            return reply.json();
        }
        let mut secrets = secrets.to_vec();
        secrets.push(token.text.as_bytes());
        Err(self.refusal(verb, &reply, &secrets))
    }

    async fn reply(&self, method: Method, verb: &str, body: Option<&Value>) -> Outcome<(Reply, Token)> {
        let mut token = access::token(self.call, &self.key, &self.place, None).await?;
        let mut is_renewed = false;
        loop {
            let mut ask = access::request(
                method.clone(),
                &self.place,
                &self.key.path(verb),
                self.key.namespace.as_deref(),
            )?
            .secret("x-vault-token", &token.text)?;
            if let Some(body) = body {
                ask = ask.json(body);
            }
            let passes = |reply: &Reply, made: u32| match reply.status {
                // 412: a replica is not yet where the token's writer was; 503 is also what a sealed one says.
                412 => true,
                503 => made < 1,
                status => is_passing(status),
            };
            let reply = self.http.send_while(&ask, self.call.deadline, passes).await?;
            if !matches!(reply.status, 401 | 403) || !token.is_of_login || is_renewed {
                return Ok((reply, token));
            }
            token = access::token(self.call, &self.key, &self.place, Some(&token)).await?;
            is_renewed = true;
        }
    }

    fn refusal(&self, verb: &str, reply: &Reply, secrets: &[&[u8]]) -> Failure {
        let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let said = access::said(&answer, secrets);
        let path = self.key.path(verb);
        let mut failure = reply.failure(&said);
        failure.reason = format!("the Vault at {} {}", self.place, failure.reason);
        let right = if verb == "keys" { "read" } else { "update" };
        match reply.status {
            403 if said.contains("invalid token") || said.contains("bad token") => {
                let reason = format!("{}; the token has expired or is none: log in again", failure.reason);
                Failure::no_credentials(reason)
            }
            403 => failure.advise(&format!("the token's policy needs '{right}' on '{path}'")),
            404 => {
                failure.advise(&format!("is there a transit engine at '{}', with that key?", self.key.mount))
            }
            400 if said.contains("disallowed by policy") => {
                failure.advise("the key's min_decryption_version is above that of the wrap")
            }
            400 if verb == "decrypt" || verb == "rewrap" => {
                failure.advise("the wrap was made for another file or by another key, or was altered")
            }
            503 if said.contains("sealed") => failure.advise("it must be unsealed first"),
            _ => failure,
        }
    }

    /// Fails when the token may see that there is no such key.
    async fn must_exist(&self) -> Outcome<()> {
        self.newest().await.map(drop)
    }

    /// The newest version of the key, asked for once in a run; empty when the token may not know it.
    async fn newest(&self) -> Outcome<String> {
        let name = format!("vault {} {}", self.place, self.call.rest);
        let find = async {
            let (reply, token) = self.reply(Method::GET, "keys", None).await?;
            match reply.status {
                200 => {
                    let newest = reply.json()?.pointer("/data/latest_version").and_then(Value::as_u64);
                    newest
                        .map(|newest| newest.to_string())
                        .ok_or_else(|| incomplete("the key's newest version"))
                }
                403 if !reply.body.windows(13).any(|part| part == b"invalid token") => Ok(String::new()),
                _ => Err(self.refusal("keys", &reply, &[token.text.as_bytes()])),
            }
        };
        self.call.session.memory().fact(&name, find).await
    }
}

fn incomplete(what: &str) -> Failure {
    Failure::nonsense(format!("answered without {what}"))
}

/// The wrap out of an answer.
fn ciphertext(answer: &Value) -> Outcome<Vec<u8>> {
    let text = answer.pointer("/data/ciphertext").and_then(Value::as_str).unwrap_or("");
    version_of(text).ok_or_else(|| incomplete("a ciphertext"))?;
    Ok(Stored::wrap("", text.as_bytes()))
}

/// The `vault:vN:…` of a wrap.
fn text_of(stored: Stored<'_>) -> Outcome<&str> {
    let text = std::str::from_utf8(stored.bytes).ok().filter(|text| version_of(text).is_some());
    text.filter(|_| stored.version.is_empty())
        .ok_or_else(|| Failure::refused("its wrap is not one of this kind"))
}

/// The N of `vault:vN:…`.
fn version_of(text: &str) -> Option<u64> {
    let (version, rest) = text.strip_prefix("vault:v")?.split_once(':')?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=-_:".contains(&byte);
    let is_number = !version.starts_with('0') && version.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !rest.is_empty() && rest.bytes().all(is_plain)).then(|| version.parse().ok())?
}
