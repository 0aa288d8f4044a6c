//! Key services, against the servers that `tests/servers/with` starts: it names them in the environment.
//!
//! Every test here is ignored without them, with that reason; `make test` runs those whose server can be had.

mod aws;
mod azure;
mod conformance;
mod fault;
mod faults;
mod gcp;
mod vault;

use std::ffi::OsString;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use dekko::crypto::{DataKey, FileId};
use dekko::environment::Environment;
use dekko::error::Result;
use dekko::provider::{self, NoPrompt, Session, Wrap};

use crate::desk::{Desk, Run};

/// What a test of a service needs to know of it.
#[derive(Clone)]
pub struct Service {
    /// The name in messages of tests.
    pub name: &'static str,
    /// A key.
    pub rid: String,
    /// Another key of the same service.
    pub other: String,
    /// Where the service is: what a fault proxy stands before.
    pub upstream: String,
    /// Variables that a user of it has set.
    pub variables: Vec<(String, String)>,
    /// Whether a wrap is bound to its file by the service itself.
    pub is_bound: bool,
}

/// The variable `name`, which `tests/servers/with` sets.
pub fn given(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run this with tests/servers/with"))
}

fn pairs<const N: usize>(pairs: [(&str, String); N]) -> Vec<(String, String)> {
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}

/// Vault, real; the key is derived, so that it binds.
pub fn vault() -> Service {
    let address = given("DEKKO_TEST_VAULT");
    Service {
        name: "vault",
        rid: format!("vault-transit:{address}/transit/keys/dekko-derived"),
        other: format!("vault-transit:{address}/transit/keys/dekko"),
        variables: pairs([("VAULT_ADDR", address.clone()), ("VAULT_TOKEN", "root".to_owned())]),
        upstream: address,
        is_bound: true,
    }
}

/// AWS KMS, by moto and a strict layer.
pub fn aws() -> Service {
    let names =
        ["AWS_ENDPOINT_URL_KMS", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"];
    let names = names.iter().chain(&["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]);
    Service {
        name: "aws",
        rid: format!("aws-kms:{}", given("DEKKO_TEST_AWS_KEY")),
        other: format!("aws-kms:{}", given("DEKKO_TEST_AWS_KEY2")),
        variables: names.map(|name| ((*name).to_owned(), given(name))).collect(),
        upstream: given("AWS_ENDPOINT_URL_KMS"),
        is_bound: true,
    }
}

/// Google Cloud KMS, by a stand-in.
pub fn gcp() -> Service {
    let names = ["DEKKO_GCP_KMS_ENDPOINT", "GOOGLE_APPLICATION_CREDENTIALS"];
    Service {
        name: "gcp",
        rid: format!("gcp-kms:{}", given("DEKKO_TEST_GCP_KEY")),
        other: format!("gcp-kms:{}", given("DEKKO_TEST_GCP_KEY2")),
        variables: names.map(|name| (name.to_owned(), given(name))).into(),
        upstream: given("DEKKO_GCP_KMS_ENDPOINT"),
        is_bound: true,
    }
}

/// Azure Key Vault, by a stand-in with TLS.
pub fn azure() -> Service {
    let vault = given("DEKKO_TEST_AZURE_VAULT");
    let names = ["SSL_CERT_FILE", "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "AZURE_AUTHORITY_HOST"];
    let mut variables: Vec<_> = names.map(|name| (name.to_owned(), given(name))).into();
    variables.push(("DEKKO_AZURE_VAULT_HOSTS".to_owned(), vault.replace("https://", "")));
    Service {
        name: "azure",
        rid: format!("azure-key-vault:{vault}/keys/dekko"),
        other: format!("azure-key-vault:{vault}/keys/other"),
        upstream: vault,
        variables,
        is_bound: false,
    }
}

impl Service {
    /// The same, asked for through the server at `proxy`.
    pub fn through(&self, proxy: &str) -> Self {
        let moved = |text: &String| text.replace(&self.upstream, proxy);
        let host = |text: &str| text.replace("https://", "");
        let change = |(name, value): &(String, String)| {
            let value = match name.as_str() {
                "DEKKO_AZURE_VAULT_HOSTS" => host(proxy),
                "AWS_ENDPOINT_URL_KMS" | "DEKKO_GCP_KMS_ENDPOINT" | "VAULT_ADDR" => moved(value),
                _ => value.clone(),
            };
            (name.clone(), value)
        };
        Self {
            rid: moved(&self.rid),
            other: moved(&self.other),
            variables: self.variables.iter().map(change).collect(),
            ..self.clone()
        }
    }

    /// The same without the variable `name`, or with another value for it.
    pub fn with(&self, name: &str, value: Option<&str>) -> Self {
        let mut service = self.clone();
        service.variables.retain(|(known, _)| known != name);
        service.variables.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        service
    }

    /// A session of a user of the service, without identities.
    pub fn session(&self) -> Session {
        let variables =
            self.variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let session = Session::new(Environment::new(variables), &[], Arc::new(NoPrompt));
        session.with_patience(Duration::from_secs(20))
    }

    /// The program at `desk`, as a user of the service.
    pub fn command(&self, desk: &Desk, arguments: &[&str]) -> Command {
        let mut command = desk.command(arguments);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs dekko at `desk`, as a user of the service.
    pub fn dekko(&self, desk: &Desk, arguments: &[&str]) -> Run {
        desk.run(self.command(desk, arguments), b"")
    }

    /// A desk without identities, and a file `name` encrypted for the service alone.
    pub fn encrypted(&self, desk: &Desk, name: &str) {
        desk.write(name, "password: hunter2\n");
        self.dekko(desk, &["encrypt", "-r", &self.rid, "--encrypt", "**", name]).ok();
    }
}

/// A file's id.
pub const FILE: FileId = FileId([7; 16]);

/// A data key.
pub fn key() -> DataKey {
    DataKey::new([42; 32])
}

/// The data key out of `bytes`, a wrap for `rid`.
pub fn opened(rid: &str, bytes: &[u8], file: &FileId, session: &Session) -> Result<DataKey> {
    provider::unwrap(&[Wrap { rid, bytes }], file, session, &|found| found.expose() == key().expose())
}

/// Sends JSON to a server's own interface, with curl.
pub fn curl(arguments: &[&str]) -> String {
    let output = Command::new("curl")
        .args(["-s", "-S", "-k", "-m", "20"])
        .args(arguments)
        .output()
        .expect("curl runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
