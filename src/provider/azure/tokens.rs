//! Who asks Azure Key Vault: the chain of Azure's tools, one after the other until one gives a token.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{ClientOptions, RetryOptions};
use azure_identity::{
    AzureCliCredential, AzureDeveloperCliCredential, ClientSecretCredential, ClientSecretCredentialOptions,
    ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId, WorkloadIdentityCredential,
};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::environment::Environment;
use crate::provider::service::{Call, Failure, Freshness, Outcome, words};

/// How long the metadata service of a virtual machine may take: elsewhere nobody answers at its address.
const METADATA: Duration = Duration::from_secs(2);

/// What gave a token in this run, by the scope that it was asked for.
#[derive(Default)]
pub(in crate::provider) struct Tokens(Mutex<HashMap<String, Kept>>);

/// What gives tokens for one scope, once it is known.
type Kept = Arc<OnceCell<Arc<dyn TokenCredential>>>;

/// One link of the chain: its name for messages, and what makes it.
type Link = (&'static str, azure_core::Result<Arc<dyn TokenCredential>>);

/// A token for `scope`.
pub(super) async fn token(call: &Call<'_>, scope: &str, freshness: Freshness) -> Outcome<Zeroizing<String>> {
    let cell = {
        let mut known = call.session.memory().azure.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = known.entry(scope.to_owned()).or_default();
        if freshness == Freshness::New {
            *cell = Arc::default();
        }
        Arc::clone(cell)
    };
    let environment = call.session.environment();
    let credential = cell.get_or_try_init(|| first_that_serves(environment, scope)).await?;
    // Credentials keep their tokens until these are about to expire.
    let token = credential
        .get_token(&[scope], None)
        .await
        .map_err(|error| nobody(&words(&error.to_string(), &[])))?;
    Ok(Zeroizing::new(token.token.secret().to_owned()))
}

async fn first_that_serves(environment: &Environment, scope: &str) -> Outcome<Arc<dyn TokenCredential>> {
    let mut reasons = Vec::new();
    for (name, made) in chain(environment)? {
        let credential = match made {
            Ok(credential) => credential,
            Err(error) => {
                reasons.push(format!("{name}: {}", words(&error.to_string(), &[])));
                continue;
            }
        };
        let is_metadata = name == MANAGED && environment.var("IDENTITY_ENDPOINT").is_none();
        let limit = if is_metadata { METADATA } else { Duration::from_secs(20) };
        match tokio::time::timeout(limit, credential.get_token(&[scope], None)).await {
            Ok(Ok(_)) => return Ok(credential),
            Ok(Err(error)) => reasons.push(format!("{name}: {}", words(&error.to_string(), &[]))),
            Err(_) => reasons.push(format!("{name}: no answer")),
        }
    }
    Err(nobody(&reasons.join("; ")))
}

const MANAGED: &str = "managed identity";

/// The credentials to try, in their order; `AZURE_TOKEN_CREDENTIALS` narrows them to `prod` or `dev`.
fn chain(environment: &Environment) -> Outcome<Vec<Link>> {
    let (with_production, with_development) = match environment.text("AZURE_TOKEN_CREDENTIALS").unwrap_or("")
    {
        "" => (true, true),
        "prod" => (true, false),
        "dev" => (false, true),
        _ => return Err(nobody("AZURE_TOKEN_CREDENTIALS must be 'prod' or 'dev'")),
    };
    let text = |name: &str| environment.text(name);
    let options = || ClientOptions { retry: RetryOptions::none(), ..ClientOptions::default() };
    let mut links: Vec<Link> = Vec::new();
    if with_production {
        let named = (text("AZURE_TENANT_ID"), text("AZURE_CLIENT_ID"));
        if let ((Some(tenant), Some(client)), Some(secret)) = (named, text("AZURE_CLIENT_SECRET")) {
            let options = ClientSecretCredentialOptions { client_options: options() };
            let secret = Secret::new(secret.to_owned());
            let made = ClientSecretCredential::new(tenant, client.to_owned(), secret, Some(options));
            links.push(("AZURE_CLIENT_SECRET", made.map(|made| made as _)));
        }
        if environment.var("AZURE_CLIENT_CERTIFICATE_PATH").is_some() {
            let what = "dekko logs in with a secret or a workload identity, not with a certificate";
            let error = azure_core::Error::with_message(azure_core::error::ErrorKind::Credential, what);
            links.push(("AZURE_CLIENT_CERTIFICATE_PATH", Err(error)));
        }
        if environment.var("AZURE_FEDERATED_TOKEN_FILE").is_some() {
            links.push(("workload identity", WorkloadIdentityCredential::new(None).map(|made| made as _)));
        }
        let user_assigned_id = text("AZURE_CLIENT_ID").map(|id| UserAssignedId::ClientId(id.to_owned()));
        let managed = ManagedIdentityCredentialOptions { user_assigned_id, client_options: options() };
        links.push((MANAGED, ManagedIdentityCredential::new(Some(managed)).map(|made| made as _)));
    }
    if with_development {
        links.push(("az", AzureCliCredential::new(None).map(|made| made as _)));
        links.push(("azd", AzureDeveloperCliCredential::new(None).map(|made| made as _)));
    }
    Ok(links)
}

fn nobody(why: &str) -> Failure {
    Failure::no_credentials(format!(
        "there are no credentials for Azure ({why}); log in ('az login'), or set AZURE_TENANT_ID, AZURE_CLIENT_ID and \
         AZURE_CLIENT_SECRET"
    ))
}
