//! Reports: lines for people, JSON, and SARIF 2.1.0 (OASIS Standard) for what shows findings beside code.

use serde_json::{Value, json};

use super::{Defect, Finding, Report};

/// A line for each finding.
pub fn as_text(report: &Report) -> String {
    report.findings.iter().map(|finding| format!("{finding}\n")).collect()
}

/// The findings as JSON, version 1: `docs/check.md` says what each field means.
pub fn as_json(report: &Report) -> Value {
    let findings = report.findings.iter().map(|finding| {
        json!({
            "rule": finding.defect.name(),
            "path": String::from_utf8_lossy(&finding.path),
            "line": finding.at.map(|at| at.line),
            "column": finding.at.map(|at| at.column),
            "commit": finding.commit,
            "message": finding.what,
        })
    });
    let findings: Vec<Value> = findings.collect();
    json!({ "version": 1, "checked": report.checked, "findings": findings })
}

/// The findings as a SARIF 2.1.0 log of one run. Paths are relative to the top of the repository (`SRCROOT`).
pub fn as_sarif(report: &Report) -> Value {
    let rules: Vec<Value> = Defect::ALL.into_iter().map(rule).collect();
    let results: Vec<Value> = report.findings.iter().map(result).collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "dekko check",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The top of the repository." } } },
            "results": results,
        }],
    })
}

fn rule(defect: Defect) -> Value {
    json!({
        "id": defect.name(),
        "shortDescription": { "text": format!("{}.", defect.summary()) },
        "help": { "text": defect.advice() },
        "defaultConfiguration": { "level": "error" },
    })
}

fn result(finding: &Finding) -> Value {
    let index = Defect::ALL.iter().position(|known| *known == finding.defect);
    let mut place = json!({ "artifactLocation": { "uri": uri(&finding.path), "uriBaseId": "SRCROOT" } });
    // Without a region a finding is about the whole file.
    if let Some(at) = finding.at {
        place["region"] = json!({ "startLine": at.line, "startColumn": at.column });
    }
    let said = match &finding.commit {
        Some(commit) => format!("In commit {commit}: '{}' {}.", finding.shown_path(), finding.what),
        None => format!("'{}' {}.", finding.shown_path(), finding.what),
    };
    let mut result = json!({
        "ruleId": finding.defect.name(),
        "ruleIndex": index,
        "level": "error",
        "message": { "text": said },
        "locations": [{ "physicalLocation": place }],
    });
    if let Some(commit) = &finding.commit {
        result["properties"] = json!({ "commit": commit });
    }
    result
}

/// `path` as a relative reference (RFC 3986): every byte that is not unreserved is percent-encoded, a `:` too, so that
/// nothing before it reads as a scheme.
fn uri(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for &byte in path {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte as char)
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Position;

    #[test]
    fn a_path_is_percent_encoded_byte_by_byte() {
        assert_eq!(uri(b"a b/c:d/\xff\n%.yaml"), "a%20b/c%3Ad/%FF%0A%25.yaml");
        assert_eq!(uri("s/\u{e9}-_~".as_bytes()), "s/%C3%A9-_~");
    }

    #[test]
    fn reports_say_rule_place_and_commit() {
        let finding = Finding {
            defect: Defect::PlainValue,
            path: b"s/a b.yaml".to_vec(),
            commit: Some("c".repeat(40)),
            at: Some(Position { line: 3, column: 7 }),
            what: "'db.password' stands plain".to_owned(),
        };
        let report = Report { checked: 2, findings: vec![finding] };
        assert_eq!(
            as_text(&report),
            "commit cccccccccccc: s/a b.yaml:3:7: plain-value: 'db.password' stands plain\n"
        );
        let json = as_json(&report);
        assert_eq!((json["version"].as_u64(), json["checked"].as_u64()), (Some(1), Some(2)));
        assert_eq!(json["findings"][0]["line"], 3);
        let sarif = as_sarif(&report);
        let run = &sarif["runs"][0];
        let result = &run["results"][0];
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "s/a%20b.yaml");
        assert_eq!(place["region"]["startLine"], 3);
    }
}
