//! A proxy before a service, which answers as networks and services in trouble do.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Service, curl, given};

/// A proxy, which ends with this.
pub struct Proxy {
    child: Child,
    /// Where it listens.
    pub address: String,
}

impl Proxy {
    /// A proxy before `service`, without faults yet.
    pub fn before(service: &Service) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/faultproxy.py");
        let mut command = Command::new("python3");
        command.arg(script).args(["--port", &port.to_string(), "--upstream", &service.upstream]);
        let is_tls = service.upstream.starts_with("https");
        if is_tls {
            let authority = given("SSL_CERT_FILE");
            let certificate = authority.replace("ca.pem", "srv.pem");
            command.args(["--cert", &certificate, "--cacert", &authority]);
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("python3 runs");
        let address = format!("{}://127.0.0.1:{port}", if is_tls { "https" } else { "http" });
        let proxy = Self { child, address };
        let begun = Instant::now();
        while !curl(&[&format!("{}/__log", proxy.address)]).starts_with('[') {
            assert!(begun.elapsed() < Duration::from_secs(20), "the proxy does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        proxy
    }

    /// Answers with `faults`, one after the other, from now on.
    pub fn set(&self, faults: &Value) {
        curl(&["-X", "POST", &format!("{}/__fault", self.address), "-d", &faults.to_string()]);
    }

    /// The requests since the faults were set.
    pub fn log(&self) -> Vec<Value> {
        serde_json::from_str(&curl(&[&format!("{}/__log", self.address)])).unwrap()
    }

    /// How many they are.
    pub fn requests(&self) -> usize {
        self.log().len()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What can go wrong between dekko and any service: a name, the fault, and the status that it leads to.
pub fn of_all() -> Vec<(&'static str, Value, i32)> {
    let status = |status: u16, n: i32, body: &str, headers: Value| json!({ "kind": "status", "status": status, "n": n, "body": body, "headers": headers });
    let html = "<html>Service Unavailable</html>";
    vec![
        ("reset once", json!({ "kind": "reset", "n": 1 }), 0),
        ("reset", json!({ "kind": "reset", "n": -1 }), 6),
        ("closed once", json!({ "kind": "close", "n": 1 }), 0),
        ("closed", json!({ "kind": "close", "n": -1 }), 6),
        ("answer lost once", json!({ "kind": "lose", "n": 1 }), 0),
        ("truncated once", json!({ "kind": "truncate", "n": 1 }), 0),
        ("truncated", json!({ "kind": "truncate", "n": -1 }), 6),
        ("hang", json!({ "kind": "hang", "n": -1, "ms": 20000 }), 6),
        ("a byte a second", json!({ "kind": "drip", "n": -1, "ms": 1000 }), 6),
        ("500 once", status(500, 1, "", json!({})), 0),
        ("500", status(500, -1, "{}", json!({})), 6),
        ("503 once", status(503, 1, html, json!({})), 0),
        ("503 with a page", status(503, -1, html, json!({})), 6),
        ("429 once", status(429, 1, "{}", json!({})), 0),
        ("429", status(429, -1, "{}", json!({})), 6),
        ("429 for a second", status(429, 1, "{}", json!({ "Retry-After": "1" })), 0),
        ("429 for an hour", status(429, -1, "{}", json!({ "Retry-After": "3600" })), 6),
        ("400", status(400, -1, "{}", json!({})), 4),
        ("403", status(403, -1, "{}", json!({})), 4),
        ("404", status(404, -1, "{}", json!({})), 4),
        ("a redirect", status(307, -1, "", json!({ "Location": "http://127.0.0.1:9/" })), 4),
        ("not HTTP", json!({ "kind": "garbage", "n": -1 }), 6),
        ("malformed", json!({ "kind": "malformed", "n": -1 }), 6),
        ("no JSON", status(200, -1, html, json!({})), 6),
        ("an empty answer", status(200, -1, "{}", json!({})), 6),
        ("100 KiB", status(200, -1, &format!("{{\"a\":\"{}\"}}", "x".repeat(100 << 10)), json!({})), 6),
    ]
}
