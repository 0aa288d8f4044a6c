//! What the SDK's errors come to, in words that say what to do.

use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;

use crate::provider::service::{Call, Failure, code, words};

/// Why `right` was not granted; `secrets` are not repeated.
pub(super) fn failure<E>(call: &Call<'_>, right: &str, error: &SdkError<E>, secrets: &[&[u8]]) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let SdkError::ServiceError(refusal) = error else { return unanswered(error) };
    let status = refusal.raw().status().as_u16();
    let (name, text) = (refusal.err().code().map(code).unwrap_or(""), refusal.err().message().unwrap_or(""));
    let said = words(text, secrets);
    let said = match (name, said.as_str()) {
        ("", "") => format!("HTTP {status}"),
        ("", _) => format!("HTTP {status}: {said}"),
        (_, "") => name.to_owned(),
        _ => format!("{name}: {said}"),
    };
    let refused = |advice: &str| Failure::refused(format!("AWS KMS refused ({said}); {advice}"));
    match name {
        "AccessDeniedException" => {
            refused(&format!("whose credentials these are must be allowed {right} on the key"))
        }
        "DisabledException" => refused("the key is disabled: enable it, or use another recipient"),
        "KMSInvalidStateException" => {
            refused("the key is about to be deleted, or not ready: cancel its deletion")
        }
        "NotFoundException" => refused("there is no such key in that account and region"),
        "IncorrectKeyException" => refused("the wrap was made by another key"),
        "InvalidCiphertextException" => refused("the wrap was made for another file, or was altered"),
        "ExpiredTokenException"
        | "ExpiredToken"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature" => {
            let advice =
                "the credentials have expired or are wrong, or this clock is: log in again ('aws sso login')";
            Failure::no_credentials(refused(advice).reason)
        }
        "ThrottlingException" | "Throttling" | "LimitExceededException" | "RequestLimitExceeded" => {
            Failure::unreachable(format!("AWS KMS is asked too often ({said}); try again later"))
        }
        _ if status >= 500 || status == 429 => {
            Failure::unreachable(format!("AWS KMS is in trouble ({said}); try again later"))
        }
        _ if status < 300 => Failure::nonsense(format!("AWS KMS gave no answer that can be read ({said})")),
        _ => refused(&format!("the account is {}", call.rest.split(':').nth(4).unwrap_or(""))),
    }
}

/// Whether the caller may not ask that.
pub(super) fn is_denied<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    matches!(error, SdkError::ServiceError(refusal) if refusal.err().code() == Some("AccessDeniedException"))
}

/// A call that the service did not answer: by what the SDK's chain of causes says.
fn unanswered<E: Error + 'static>(error: &SdkError<E>) -> Failure {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    let speaks = |word: &str| causes.iter().any(|cause| cause.to_lowercase().contains(word));
    match error {
        SdkError::TimeoutError(_) => Failure::unreachable("AWS KMS did not answer in time"),
        _ if speaks("64 kib") => Failure::nonsense("AWS KMS answered with more than 64 KiB"),
        SdkError::ResponseError(_) => Failure::nonsense("AWS KMS gave no answer that can be read"),
        _ if speaks("certificate") || speaks("corrupt message") => Failure::unreachable(
            "no TLS with AWS KMS: its certificate is not trusted, or it speaks no TLS; if it is your own authority's, name that \
             one with SSL_CERT_FILE",
        ),
        _ if speaks("dns error") => Failure::unreachable("the name of AWS KMS cannot be resolved"),
        _ if speaks("connection refused") => {
            Failure::unreachable("nothing answers for AWS KMS (connection refused)")
        }
        _ if speaks("credential") || speaks("token") || speaks("profile") || speaks("sso") => {
            let last = causes.last().map(|cause| words(cause, &[])).unwrap_or_default();
            Failure::no_credentials(format!(
                "there are no credentials for AWS ({last}); log in ('aws sso login'), set AWS_PROFILE, or name a profile \
                 in dekko/config.toml"
            ))
        }
        SdkError::DispatchFailure(broken) if broken.is_timeout() => {
            Failure::unreachable("AWS KMS could not be reached in time")
        }
        _ => Failure::unreachable("the connection to AWS KMS failed or broke off"),
    }
}
