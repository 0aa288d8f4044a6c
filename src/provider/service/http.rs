//! Requests to services: within a time, as often as it makes sense, and never further than asked.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Method, Url};
use tokio::time::{Instant, timeout};
use zeroize::Zeroizing;

use super::retry::{Tries, is_passing};
use super::{Failure, Outcome};

/// How long it may take to be connected.
pub(in crate::provider) const CONNECT: Duration = Duration::from_secs(3);
/// How long one try may take, its answer included.
pub(in crate::provider) const TRY: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
pub(in crate::provider) const LONGEST_ANSWER: usize = 64 << 10;

/// A client with its connections; a copy shares them.
#[derive(Clone)]
pub(in crate::provider) struct Http(Client);

/// A request that may be made several times.
pub(in crate::provider) struct Ask {
    pub(in crate::provider) method: Method,
    pub(in crate::provider) url: Url,
    pub(in crate::provider) headers: HeaderMap,
    pub(in crate::provider) body: Option<Zeroizing<Vec<u8>>>,
}

/// What was answered.
pub(in crate::provider) struct Reply {
    pub(in crate::provider) status: u16,
    pub(in crate::provider) body: Zeroizing<Vec<u8>>,
    retry_after: Option<Duration>,
}

impl Ask {
    /// A request without headers and body.
    pub(in crate::provider) fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: None }
    }

    /// The request with `value` as JSON.
    pub(in crate::provider) fn json(mut self, value: &serde_json::Value) -> Self {
        self.body = Some(Zeroizing::new(value.to_string().into_bytes()));
        self.headers.insert("content-type", HeaderValue::from_static("application/json"));
        self
    }

    /// The request with a header that no log may show.
    ///
    /// # Errors
    /// A value that no header can hold.
    pub(in crate::provider) fn secret(mut self, name: &'static str, value: &str) -> Outcome<Self> {
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| Failure::no_credentials("the token holds a character that no token has"))?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }
}

impl Reply {
    /// The answer as JSON.
    ///
    /// # Errors
    /// Something else.
    pub(in crate::provider) fn json(&self) -> Outcome<serde_json::Value> {
        serde_json::from_slice(&self.body)
            .map_err(|_| Failure::nonsense(format!("answered with what is not JSON (HTTP {})", self.status)))
    }

    /// A failure of a status that a provider has no words for; `said` is what the service said of it.
    pub(in crate::provider) fn failure(&self, said: &str) -> Failure {
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        match self.status {
            429 => Failure::unreachable(format!("is asked too often (HTTP 429){said}; try again later")),
            300..400 => {
                Failure::refused(format!("sends elsewhere (HTTP {}); dekko does not follow", self.status))
            }
            408 | 500.. => {
                Failure::unreachable(format!("is in trouble (HTTP {}){said}; try again later", self.status))
            }
            _ => Failure::refused(format!("refused (HTTP {}){said}", self.status)),
        }
    }
}

impl Http {
    /// A client of rustls and the system's certificates, which follows no redirect.
    ///
    /// # Errors
    /// Certificates that cannot be used.
    pub(in crate::provider) fn new(more: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Outcome<Self> {
        let builder = Client::builder()
            .connect_timeout(CONNECT)
            .redirect(Policy::none())
            .referer(false)
            .user_agent(concat!("dekko/", env!("CARGO_PKG_VERSION")));
        let client = more(builder).build().map_err(|_| {
            Failure::refused(
                "no TLS with the certificates here (the system's, SSL_CERT_FILE, or those that were named)",
            )
        })?;
        Ok(Self(client))
    }

    /// What is answered to `ask`; asks again for what passes, by `deadline` at the latest.
    ///
    /// # Errors
    /// No answer. A status of failure is an answer.
    pub(in crate::provider) async fn send(&self, ask: &Ask, deadline: Instant) -> Outcome<Reply> {
        self.send_while(ask, deadline, |reply, _| is_passing(reply.status)).await
    }

    /// The same, as long as `passes` says of an answer, and the number of tries before it, that it may become another.
    pub(in crate::provider) async fn send_while(
        &self,
        ask: &Ask,
        deadline: Instant,
        passes: impl Fn(&Reply, u32) -> bool,
    ) -> Outcome<Reply> {
        let mut tries = Tries::until(deadline);
        loop {
            let tried = timeout(TRY, self.once(ask)).await.unwrap_or_else(|_| {
                let seconds = TRY.as_secs();
                let reason =
                    format!("{} took the call and did not answer within {seconds} s", host_of(&ask.url));
                Err(Broken { failure: Failure::unreachable(reason), may_pass: true })
            });
            let (may_pass, wanted) = match &tried {
                Ok(reply) => (passes(reply, tries.made()), reply.retry_after),
                Err(broken) => (broken.may_pass, None),
            };
            if !may_pass || !tries.again(wanted).await {
                return tried.map_err(|broken| broken.failure);
            }
        }
    }

    async fn once(&self, ask: &Ask) -> Result<Reply, Broken> {
        let mut request = self.0.request(ask.method.clone(), ask.url.clone()).headers(ask.headers.clone());
        if let Some(body) = &ask.body {
            request = request.body(body.to_vec());
        }
        let broken = |error| Broken::new(&error, &ask.url);
        let mut response = request.send().await.map_err(broken)?;
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
        let status = response.status().as_u16();
        let mut body = Zeroizing::new(Vec::with_capacity(4 << 10));
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                let reason = format!("{} answered with more than 64 KiB", host_of(&ask.url));
                return Err(Broken { failure: Failure::nonsense(reason), may_pass: false });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, body, retry_after })
    }
}

/// Host and port of `url`, as messages name it.
pub(in crate::provider) fn host_of(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or(""))
}

/// A try without an answer.
struct Broken {
    failure: Failure,
    may_pass: bool,
}

impl Broken {
    /// What `error` comes to, in words of our own: the library's may hold a URL with what was sent in it.
    fn new(error: &reqwest::Error, url: &Url) -> Self {
        let host = host_of(url);
        let mut texts = Vec::new();
        let mut kinds = Vec::new();
        let mut next = error.source();
        while let Some(source) = next {
            kinds.extend(source.downcast_ref::<io::Error>().map(io::Error::kind));
            texts.push(source.to_string());
            next = source.source();
        }
        let speaks = |word: &str| texts.iter().any(|text| text.contains(word));
        let passing = |reason: String| Self { failure: Failure::unreachable(reason), may_pass: true };
        let lasting = |reason: String| Self { failure: Failure::unreachable(reason), may_pass: false };
        let is_no_tls = speaks("corrupt message") || kinds.contains(&io::ErrorKind::InvalidData);
        if speaks("certificate") || (error.is_connect() && is_no_tls) {
            let advice = "if it is your own authority's, name that one with SSL_CERT_FILE";
            return lasting(format!(
                "no TLS with {host}: its certificate is not trusted, or it speaks no TLS; {advice}"
            ));
        }
        if speaks("dns error") {
            return passing(format!("the name of {host} cannot be resolved"));
        }
        if kinds.contains(&io::ErrorKind::ConnectionRefused) {
            return passing(format!("nothing answers at {host} (connection refused)"));
        }
        if speaks("invalid HTTP") {
            return lasting(format!("{host} does not answer in HTTP"));
        }
        if error.is_timeout() {
            return passing(format!("{host} could not be reached within {} s", CONNECT.as_secs()));
        }
        if error.is_builder() {
            return lasting(format!("no request to {host} can be made"));
        }
        if error.is_connect() {
            return passing(format!("{host} cannot be reached"));
        }
        passing(format!("the connection to {host} broke off"))
    }
}
