//! Who asks Google's KMS: credentials found as Google's tools find them, and those that sops reads.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use google_cloud_auth::credentials::{
    Builder, CacheableResource, Credentials, external_account, impersonated, service_account, user_account,
};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::Value;
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::provider::service::{Call, Failure, Freshness, Outcome, small_file, words};

/// What is asked for: the use of keys, and nothing else in the cloud.
const SCOPE: &str = "https://www.googleapis.com/auth/cloudkms";

/// The credentials of a run, by the file that the user names for a key.
#[derive(Default)]
pub(in crate::provider) struct Tokens(Mutex<HashMap<String, Arc<OnceCell<Source>>>>);

/// Where the headers of a request come from.
#[derive(Clone)]
enum Source {
    /// A token that the user has.
    Token(Zeroizing<String>),
    /// What fetches tokens and keeps them.
    Credentials(Credentials),
}

/// The headers that say who asks.
pub(super) async fn headers(call: &Call<'_>, freshness: Freshness) -> Outcome<HeaderMap> {
    let file = call.settings.and_then(|settings| settings.credentials.as_deref());
    let name = file.map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
    let cell = {
        let mut known = call.session.memory().gcp.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = known.entry(name).or_default();
        if freshness == Freshness::New {
            *cell = Arc::default();
        }
        Arc::clone(cell)
    };
    match cell.get_or_try_init(|| async { source(call, file) }).await? {
        Source::Token(token) => {
            let value = Zeroizing::new(format!("Bearer {}", token.as_str()));
            let unfit = |_| Failure::no_credentials("GOOGLE_OAUTH_ACCESS_TOKEN holds what is no token");
            let mut value = HeaderValue::from_str(&value).map_err(unfit)?;
            value.set_sensitive(true);
            Ok(HeaderMap::from_iter([(AUTHORIZATION, value)]))
        }
        Source::Credentials(credentials) => match credentials.headers(Default::default()).await {
            Ok(CacheableResource::New { data, .. }) => Ok(data),
            Ok(CacheableResource::NotModified) => Err(nobody("")),
            Err(error) if error.is_transient() => {
                Err(Failure::unreachable("Google's token service did not answer; try again later"))
            }
            Err(error) => Err(nobody(&words(&error.to_string(), &[]))),
        },
    }
}

/// The credentials that hold for the key: the file that the user names for it, variables, Google's own order.
fn source(call: &Call<'_>, file: Option<&Path>) -> Outcome<Source> {
    let environment = call.session.environment();
    if let Some(file) = file {
        return of_file(file);
    }
    if let Some(token) = environment.text("GOOGLE_OAUTH_ACCESS_TOKEN") {
        return Ok(Source::Token(Zeroizing::new(token.trim().to_owned())));
    }
    match environment.text("GOOGLE_CREDENTIALS").map(str::trim) {
        Some(json) if json.starts_with('{') => of_json(json.as_bytes(), "GOOGLE_CREDENTIALS"),
        Some(path) => of_file(Path::new(path)),
        None => {
            let built = Builder::default().with_scopes([SCOPE]).build();
            built.map(Source::Credentials).map_err(|error| nobody(&words(&error.to_string(), &[])))
        }
    }
}

fn of_file(path: &Path) -> Outcome<Source> {
    let shown = crate::document::escape(&path.to_string_lossy());
    let text = small_file(path).ok_or_else(|| nobody(&format!("'{shown}' cannot be read")))?;
    of_json(text.as_bytes(), &format!("'{shown}'"))
}

fn of_json(text: &[u8], name: &str) -> Outcome<Source> {
    let unfit = || nobody(&format!("{name} holds no credentials that dekko knows"));
    let json: Value = serde_json::from_slice(text).map_err(|_| unfit())?;
    let kind = json.get("type").and_then(Value::as_str).unwrap_or("").to_owned();
    let built = match kind.as_str() {
        "service_account" => {
            let access = service_account::AccessSpecifier::from_scopes([SCOPE]);
            service_account::Builder::new(json).with_access_specifier(access).build()
        }
        "authorized_user" => user_account::Builder::new(json).with_scopes([SCOPE]).build(),
        "external_account" => external_account::Builder::new(json).with_scopes([SCOPE]).build(),
        "impersonated_service_account" => impersonated::Builder::new(json).with_scopes([SCOPE]).build(),
        _ => return Err(unfit()),
    };
    built.map(Source::Credentials).map_err(|_| unfit())
}

fn nobody(why: &str) -> Failure {
    let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
    Failure::no_credentials(format!(
        "there are no credentials for Google Cloud{why}; log in ('gcloud auth application-default login'), or set \
         GOOGLE_APPLICATION_CREDENTIALS"
    ))
}
