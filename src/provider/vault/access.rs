//! Where a Vault is asked, and as whom: only at an address that the user named, with a token that the user has.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::{Certificate, Identity, Method, Url};
use serde_json::{Value, json};
use tokio::sync::{OnceCell, oneshot};
use zeroize::Zeroizing;

use super::key::Key;
use crate::environment::Environment;
use crate::provider::service::{Ask, Call, Failure, Http, Outcome, address, small_file, words};
use crate::provider::settings::{KeySettings, Login};
use crate::provider::waiting::output_of;

/// The most that a token helper may say, in bytes.
const LONGEST: u64 = 64 << 10;
/// How long a token helper may take.
const HELPER: Duration = Duration::from_secs(10);
/// Where a pod finds the token of its service account.
const POD: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// The tokens of a run, by address, namespace and way to log in.
#[derive(Default)]
pub(in crate::provider) struct Tokens(Mutex<HashMap<String, Arc<OnceCell<Token>>>>);

/// A token, and whether another can be had in its place.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) text: Zeroizing<String>,
    pub(super) is_of_login: bool,
}

/// The variable `name` of OpenBao, else of Vault.
fn variable<'e>(environment: &'e Environment, name: &str) -> Option<&'e str> {
    ["BAO_", "VAULT_"].iter().find_map(|prefix| environment.text(&format!("{prefix}{name}")))
}

/// The address that requests for `key` go to.
///
/// # Errors
/// The user named none, or another.
pub(super) fn place(call: &Call<'_>, key: &Key) -> Outcome<String> {
    if let Some(named) = call.settings.and_then(|settings| settings.address.as_deref()) {
        return address(named).map_err(|what| {
            Failure::no_credentials(format!(
                "the 'address' for it in dekko/config.toml cannot be used: {what}"
            ))
        });
    }
    let named = variable(call.session.environment(), "ADDR");
    let own = named.and_then(|named| address(named).ok());
    if own.as_ref() == Some(&key.address) {
        return Ok(key.address.clone());
    }
    let state = match (named, own) {
        (None, _) => "you named none".to_owned(),
        (Some(_), Some(own)) => format!("VAULT_ADDR is {own}"),
        (Some(_), None) => "VAULT_ADDR is not https://host[:port]".to_owned(),
    };
    Err(Failure::no_credentials(format!(
        "a token goes only to an address that you name, and {state}; if {0} is your Vault, set VAULT_ADDR={0}, or name \
         it as 'address' in dekko/config.toml",
        key.address
    )))
}

/// The client for every Vault of the run, with the certificates that the user names.
pub(super) fn client(call: &Call<'_>) -> Outcome<Http> {
    let environment = call.session.environment();
    call.session.memory().http("vault", || {
        let unusable =
            |name: &str| Failure::no_credentials(format!("VAULT_{name} names no certificate in PEM"));
        for name in ["SKIP_VERIFY", "TLS_SERVER_NAME"] {
            if variable(environment, name).is_some_and(|value| !matches!(value, "0" | "false" | "FALSE")) {
                let reason =
                    format!("dekko does not know VAULT_{name}: name the authority with VAULT_CACERT instead");
                return Err(Failure::no_credentials(reason));
            }
        }
        let mut authorities = Vec::new();
        if let Some(path) = variable(environment, "CACERT") {
            let pem = small_file(Path::new(path)).ok_or_else(|| unusable("CACERT"))?;
            authorities.extend(Certificate::from_pem_bundle(pem.as_bytes()).map_err(|_| unusable("CACERT"))?);
        } else if let Some(path) = variable(environment, "CAPATH") {
            let entries = std::fs::read_dir(path).map_err(|_| unusable("CAPATH"))?;
            for entry in entries.flatten() {
                let pem = small_file(&entry.path()).unwrap_or_default();
                authorities.extend(Certificate::from_pem_bundle(pem.as_bytes()).unwrap_or_default());
            }
        }
        let pair = (variable(environment, "CLIENT_CERT"), variable(environment, "CLIENT_KEY"));
        let identity = match pair {
            (Some(certificate), Some(key)) => {
                let pem = [certificate, key].map(|path| small_file(Path::new(path)).unwrap_or_default());
                let pem = Zeroizing::new(pem.map(|text| text.to_string()).join("\n"));
                Some(Identity::from_pem(pem.as_bytes()).map_err(|_| unusable("CLIENT_CERT"))?)
            }
            _ => None,
        };
        Http::new(|builder| {
            let builder = builder.tls_certs_merge(authorities);
            match identity {
                Some(identity) => builder.identity(identity),
                None => builder,
            }
        })
    })
}

/// Whether a token or a login is at hand, as far as the environment shows.
pub(super) fn is_at_hand(environment: &Environment, key: &Key) -> bool {
    let own = variable(environment, "ADDR").and_then(|named| address(named).ok());
    own.as_ref() == Some(&key.address)
}

/// The token for requests about `key` at `place`; a new one when `worn` is what was refused.
pub(super) async fn token(call: &Call<'_>, key: &Key, place: &str, worn: Option<&Token>) -> Outcome<Token> {
    let settings = call.settings;
    let name = format!("{place} {:?} {:?}", key.namespace, settings.map(|settings| &settings.matches));
    let cell = {
        let mut known = call.session.memory().vault.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = known.entry(name).or_default();
        let is_worn = |token: &Token| worn.is_some_and(|worn| worn.text == token.text);
        if cell.get().is_some_and(is_worn) {
            *cell = Arc::default();
        }
        Arc::clone(cell)
    };
    cell.get_or_try_init(|| async {
        match settings.and_then(|settings| Some((settings, settings.login?))) {
            Some((settings, login)) => log_in(call, key, place, settings, login).await,
            None => found(call.session.environment(), settings, call.deadline.into_std()).await,
        }
    })
    .await
    .cloned()
}

/// The user's token: of the file that is named for the key, of the environment, of the token helper, of the home folder.
async fn found(
    environment: &Environment,
    settings: Option<&KeySettings>,
    deadline: Instant,
) -> Outcome<Token> {
    let token = |text: &str| Ok(Token { text: Zeroizing::new(text.trim().to_owned()), is_of_login: false });
    if let Some(path) = settings.and_then(|settings| settings.credentials.as_deref()) {
        let read = small_file(path).filter(|text| !text.trim().is_empty());
        return token(&read.ok_or_else(|| unreadable("credentials", path))?);
    }
    if let Some(text) = variable(environment, "TOKEN") {
        return token(text);
    }
    let home = environment.home();
    let config = variable(environment, "CONFIG_PATH").map(PathBuf::from);
    let config = config.or_else(|| Some(home.as_ref()?.join(".vault"))).and_then(|path| small_file(&path));
    if let Some(program) = config.as_ref().and_then(|config| helper_in(config)) {
        return token(&ask_helper(&program, environment, deadline.min(Instant::now() + HELPER)).await?);
    }
    let file = home.map(|home| home.join(".vault-token"));
    match file.and_then(|path| small_file(&path)).filter(|text| !text.trim().is_empty()) {
        Some(text) => token(&text),
        None => Err(Failure::no_credentials(
            "there is no token: log in ('vault login'), set VAULT_TOKEN, or name a login in dekko/config.toml",
        )),
    }
}

/// The program that `~/.vault` names as `token_helper`.
fn helper_in(config: &str) -> Option<PathBuf> {
    let line = config.lines().find_map(|line| line.trim_start().strip_prefix("token_helper"))?;
    let path = line.trim_start().strip_prefix('=')?.trim().strip_prefix('"')?.split_once('"')?.0;
    (!path.is_empty()).then(|| PathBuf::from(path))
}

async fn ask_helper(
    program: &Path,
    environment: &Environment,
    deadline: Instant,
) -> Outcome<Zeroizing<String>> {
    let failed = |what: &str| Failure::no_credentials(format!("the token helper that ~/.vault names {what}"));
    if !program.is_absolute() {
        return Err(failed("is no absolute path"));
    }
    let mut command = Command::new(program);
    command.arg("get").env_clear().envs(environment.all());
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let child = piped.spawn().map_err(|_| failed("cannot be run"))?;
    // Other calls go on meanwhile.
    let (sender, output) = oneshot::channel();
    std::thread::spawn(move || sender.send(output_of(child, LONGEST, deadline)));
    let output = match output.await {
        Ok(Some(Ok((status, output)))) if status.success() => output,
        Ok(Some(Ok(_))) => return Err(failed("failed")),
        Ok(Some(Err(_))) => return Err(failed("cannot be understood")),
        Ok(None) | Err(_) => return Err(failed("gave no token in time")),
    };
    let text = std::str::from_utf8(&output).map_err(|_| failed("gave no token"))?;
    if text.trim().is_empty() {
        Err(failed("has no token: log in ('vault login')"))
    } else {
        Ok(Zeroizing::new(text.to_owned()))
    }
}

async fn log_in(
    call: &Call<'_>,
    key: &Key,
    place: &str,
    settings: &KeySettings,
    login: Login,
) -> Outcome<Token> {
    let (name, secret_name) = match login {
        Login::AppRole => ("approle", "secret_id"),
        Login::Jwt => ("jwt", "jwt"),
        Login::Kubernetes => ("kubernetes", "jwt"),
    };
    let missing = |what: &str| {
        Failure::no_credentials(format!("the login '{name}' for it in dekko/config.toml lacks '{what}'"))
    };
    let role = settings.role.as_deref().ok_or_else(|| missing("role"))?;
    let secret =
        secret(call.session.environment(), settings, login).ok_or_else(|| missing("secret_file"))??;
    let role_name = if login == Login::AppRole { "role_id" } else { "role" };
    let mount = settings.mount.as_deref().unwrap_or(name);
    let body = json!({ role_name: role, secret_name: secret.trim() });
    let ask =
        request(Method::POST, place, &format!("auth/{mount}/login"), key.namespace.as_deref())?.json(&body);
    let reply = client(call)?.send(&ask, call.deadline).await?;
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    if reply.status == 200 {
        let token =
            answer.pointer("/auth/client_token").and_then(Value::as_str).filter(|text| !text.is_empty());
        let token = token.ok_or_else(|| Failure::nonsense("the login was answered without a token"))?;
        return Ok(Token { text: Zeroizing::new(token.to_owned()), is_of_login: true });
    }
    let said = said(&answer, &[secret.trim().as_bytes()]);
    let failure = reply.failure(&said);
    let reason = format!("the login at auth/{mount} with the role '{role}': {}", failure.reason);
    Err(if reply.status < 429 { Failure::no_credentials(reason) } else { Failure { reason, ..failure } })
}

/// The JWT or secret id that `settings` name; `None` when they name none.
fn secret(
    environment: &Environment,
    settings: &KeySettings,
    login: Login,
) -> Option<Outcome<Zeroizing<String>>> {
    if let Some(name) = &settings.secret_variable {
        let text = environment.text(name).map(|text| Zeroizing::new(text.to_owned()));
        return Some(text.ok_or_else(|| {
            Failure::no_credentials(format!(
                "the variable '{name}', which dekko/config.toml names for it, is not set"
            ))
        }));
    }
    let path = settings.secret_file.as_deref();
    let path = path.or_else(|| (login == Login::Kubernetes).then(|| Path::new(POD)))?;
    Some(small_file(path).ok_or_else(|| unreadable("secret_file", path)))
}

fn unreadable(what: &str, path: &Path) -> Failure {
    let path = crate::document::escape(&path.to_string_lossy());
    Failure::no_credentials(format!(
        "'{path}', named as '{what}' for it in dekko/config.toml, cannot be read"
    ))
}

/// A request to the interface at `place`.
pub(super) fn request(method: Method, place: &str, path: &str, namespace: Option<&str>) -> Outcome<Ask> {
    let url = Url::parse(&format!("{place}/v1/{path}"));
    let mut ask = Ask::new(method, url.map_err(|_| Failure::no_credentials("its address cannot be used"))?);
    ask = ask.secret("x-vault-request", "true")?;
    match namespace {
        Some(namespace) => ask.secret("x-vault-namespace", namespace),
        None => Ok(ask),
    }
}

/// What Vault says in `errors`, in one line.
pub(super) fn said(answer: &Value, secrets: &[&[u8]]) -> String {
    let errors = answer.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let errors: Vec<&str> = errors.iter().filter_map(Value::as_str).collect();
    // Vault says in its first line how many errors there are.
    let text = errors.join("; ").replace("1 error occurred:", "").replace('*', "");
    words(&text, secrets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_helper_is_what_the_users_file_names() {
        assert_eq!(helper_in("# x\ntoken_helper = \"/opt/h\"\n"), Some(PathBuf::from("/opt/h")));
        for text in ["", "token_helper", "token_helper = \"\"", "# token_helper = \"/opt/h\""] {
            assert_eq!(helper_in(text), None);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_token_helper_that_does_not_end_is_not_waited_for_and_stops_nobody() {
        use std::os::unix::fs::PermissionsExt;

        let home = tempfile::tempdir().unwrap();
        let helper = home.path().join("helper");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        // One says its token, closes its output and stays; one says nothing.
        for script in ["echo root; exec >&- 2>&-; exec sleep 60", "exec sleep 60"] {
            std::fs::write(&helper, format!("#!/bin/sh\n{script}\n")).unwrap();
            std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
            let start = Instant::now();
            let environment = Environment::default().with("PATH", "/bin:/usr/bin");
            let asked = ask_helper(&helper, &environment, start + Duration::from_millis(300));
            let other = async {
                tokio::time::sleep(Duration::from_millis(10)).await;
                start.elapsed()
            };
            let (outcome, other) = runtime.block_on(async { tokio::join!(asked, other) });
            assert!(outcome.unwrap_err().reason.contains("gave no token in time"));
            assert!(other < Duration::from_millis(250), "{other:?}");
            assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        }
    }

    #[test]
    fn tokens_are_found_in_their_order() {
        let home = tempfile::tempdir().unwrap();
        let environment = Environment::new([
            ("HOME".into(), home.path().into()),
            ("USERPROFILE".into(), home.path().into()),
        ]);
        let found = |environment: &Environment, settings: Option<&KeySettings>| {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(super::found(environment, settings, Instant::now() + HELPER))
        };
        assert!(found(&environment, None).is_err());
        std::fs::write(home.path().join(".vault-token"), "of the home\n").unwrap();
        assert_eq!(found(&environment, None).unwrap().text.as_str(), "of the home");
        let environment = environment.with("VAULT_TOKEN", "of vault");
        assert_eq!(found(&environment, None).unwrap().text.as_str(), "of vault");
        let environment = environment.with("BAO_TOKEN", "of openbao");
        assert_eq!(found(&environment, None).unwrap().text.as_str(), "of openbao");
        let own = home.path().join("own");
        let settings = KeySettings { credentials: Some(own.clone()), ..KeySettings::default() };
        assert!(found(&environment, Some(&settings)).is_err());
        std::fs::write(own, "of the configuration").unwrap();
        assert_eq!(found(&environment, Some(&settings)).unwrap().text.as_str(), "of the configuration");
    }
}
