//! Clients of AWS KMS: one for each region, profile and role, with credentials found as the AWS tools find them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, ConfigLoader};
use aws_sdk_kms::Client;
use aws_sdk_kms::config::interceptors::{BeforeDeserializationInterceptorContextRef, InterceptorContext};
use aws_sdk_kms::config::retry::{ClassifyRetry, RetryAction, RetryConfig};
use aws_sdk_kms::config::timeout::TimeoutConfig;
use aws_sdk_kms::config::{ConfigBag, Intercept, Region, RuntimeComponents};
use aws_sdk_kms::error::BoxError;
use tokio::sync::OnceCell;

use crate::provider::service::{CONNECT, Call, LONGEST_ANSWER, TRY};

/// The clients of a run.
#[derive(Default)]
pub(in crate::provider) struct Clients(Mutex<HashMap<String, Arc<OnceCell<Client>>>>);

/// The client for keys in `region`, for whom the user says that the key of `call` is asked.
pub(super) async fn client(call: &Call<'_>, region: &str) -> Client {
    let settings = call.settings;
    let profile = settings.and_then(|settings| settings.profile.as_deref());
    let role = settings.and_then(|settings| settings.role.as_deref());
    // The SDK reads the process's own variables; the session's hold.
    let named = call.session.environment().text("AWS_ENDPOINT_URL_KMS");
    let address = settings.and_then(|settings| settings.address.as_deref()).or(named);
    let name = format!("{region} {profile:?} {role:?} {address:?}");
    let cell = {
        let mut known = call.session.memory().aws.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(name).or_default())
    };
    cell.get_or_init(|| make(call, region, profile, role, address)).await.clone()
}

async fn make(
    call: &Call<'_>,
    region: &str,
    profile: Option<&str>,
    role: Option<&str>,
    address: Option<&str>,
) -> Client {
    let mut loader = defaults(call.session.patience()).region(Region::new(region.to_owned()));
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    let mut config = loader.load().await;
    if let Some(role) = role {
        let host = call.session.environment().text("HOSTNAME").unwrap_or("");
        let host: String = host.chars().filter(|c| c.is_ascii_alphanumeric() || "-.".contains(*c)).collect();
        let session = ["dekko", host.as_str()].join("@");
        let session = session.trim_end_matches('@').chars().take(64).collect::<String>();
        let provider =
            AssumeRoleProvider::builder(role).session_name(session).configure(&config).build().await;
        let credentials = aws_sdk_kms::config::SharedCredentialsProvider::new(provider);
        config = config.into_builder().credentials_provider(credentials).build();
    }
    let mut config =
        aws_sdk_kms::config::Builder::from(&config).interceptor(ShortAnswers).retry_classifier(Busy);
    if let Some(address) = address {
        config = config.endpoint_url(address);
    }
    Client::from_conf(config.build())
}

/// The conventions of the AWS tools, with time limits of ours: without them a server that never answers is waited for
/// without end.
fn defaults(patience: Duration) -> ConfigLoader {
    let retries = RetryConfig::standard()
        .with_max_attempts(4)
        .with_initial_backoff(Duration::from_millis(100))
        .with_max_backoff(Duration::from_secs(2));
    let limits = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(TRY)
        .operation_timeout(patience)
        .build();
    aws_config::defaults(BehaviorVersion::v2026_01_12()).retry_config(retries).timeout_config(limits)
}

/// Refuses answers that say they are longer than any that belongs here.
#[derive(Debug)]
struct ShortAnswers;

impl Intercept for ShortAnswers {
    fn name(&self) -> &'static str {
        "ShortAnswers"
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let length = context.response().headers().get("content-length");
        match length.and_then(|length| length.parse::<usize>().ok()) {
            Some(length) if length > LONGEST_ANSWER => Err("answered with more than 64 KiB".into()),
            _ => Ok(()),
        }
    }
}

/// Has the SDK try again what a proxy on the way is too busy for; it knows the service's own words for it.
#[derive(Debug)]
struct Busy;

impl ClassifyRetry for Busy {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response().map(|response| response.status().as_u16()) {
            Some(408 | 429) => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "Busy"
    }
}
