//! Large texts: time grows with the text, not with its square.

use std::fmt::Write;
use std::time::{Duration, Instant};

use dekko::document::Document;
use dekko::format::{self, Format};
use dekko::merge::marks::Piece;
use dekko::merge::{Lists, Version, lines, merge};

use crate::laws;

/// What a merge of 20,000 entries may take without optimisation, on a slow machine with other work.
const LIMIT: Duration = Duration::from_secs(20);

/// A text of `count` entries; entry `n` has the value that `value` gives it, none when that is empty.
fn text(name: &str, count: usize, value: &dyn Fn(usize) -> String) -> String {
    let (mut out, mut comma) = (String::new(), "");
    out.push_str(match name {
        "json" => "{\"list\":[",
        "toml" => "list = [",
        "yaml" => "list:\n",
        _ => "",
    });
    for n in 0..count {
        let value = value(n);
        if value.is_empty() {
            continue;
        }
        match name {
            "json" | "toml" => write!(out, "{comma}\"{value}\""),
            "yaml" => writeln!(out, "- \"{value}\""),
            _ => Ok(()),
        }
        .unwrap();
        comma = ",";
    }
    out.push_str(match name {
        "json" => "]",
        "toml" => "]\n",
        _ => "",
    });
    for n in 0..count {
        let value = value(n);
        if value.is_empty() {
            continue;
        }
        match name {
            "json" => write!(out, ",\n\"key{n}\":\"{value}\""),
            "toml" => writeln!(out, "# about {n}\nkey{n} = \"{value}\" # {n}"),
            "yaml" => writeln!(out, "# about {n}\nkey{n}: '{value}' # {n}"),
            "dotenv" => writeln!(out, "key{n}={value}"),
            _ => writeln!(out, "[section{n}]\nkey{n} = {value}"),
        }
        .unwrap();
    }
    out.push_str(if name == "json" { "}\n" } else { "" });
    out
}

fn timed(format: &dyn Format, [base, ours, theirs]: [&Document; 3]) -> (Duration, usize) {
    let version = |document| Version { document, opaque: &[] };
    let start = Instant::now();
    let merged = merge(format, Some(&version(base)), &version(ours), &version(theirs), Lists::Ordered);
    (start.elapsed(), merged.expect("a merge").paths.len())
}

fn assert_fast(count: usize) {
    for name in ["yaml", "json", "toml", "dotenv", "ini"] {
        let format = format::named(name).unwrap();
        let ours = |n: usize| match n % 10 {
            1 => format!("o{n}"),
            2 | 9 => String::new(),
            _ => format!("b{n}"),
        };
        let theirs = |n: usize| match n % 10 {
            3 | 9 => format!("t{n}"),
            5 => String::new(),
            _ => format!("b{n}"),
        };
        let base = |n: usize| if n % 10 == 7 { String::new() } else { format!("b{n}") };
        let texts = [text(name, count, &base), text(name, count, &ours), text(name, count, &theirs)];
        let documents = texts.each_ref().map(|text| laws::read(format, text).unwrap());
        let (time, conflicts) = timed(format, documents.each_ref());
        let start = Instant::now();
        let pieces = lines(&texts[0], &texts[1], &texts[2]);
        println!(
            "{name}: {count} entries in {time:?}, {conflicts} conflicts; by lines {:?}, {}",
            start.elapsed(),
            pieces.iter().filter(|piece| matches!(piece, Piece::Conflict(_))).count()
        );
        assert!(conflicts >= count / 10, "{conflicts}");
        assert!(time < LIMIT, "{name}: {time:?}");
    }
}

#[test]
fn twenty_thousand_entries_take_no_time() {
    assert_fast(20_000);
}

#[test]
#[ignore = "large texts"]
fn fifty_thousand_entries_take_no_time() {
    assert_fast(50_000);
}

/// How long the fastest of a few merges of a JSON text of `count` containers in one line takes.
fn one_line(count: usize) -> Duration {
    let json = format::named("json").unwrap();
    let text = |value: &dyn Fn(usize) -> String| {
        let entries: Vec<String> =
            (0..count).map(|n| format!("\"key{n}\":{{\"list\":[{n}],\"value\":\"{}\"}}", value(n))).collect();
        laws::read(json, &format!("{{{}}}\n", entries.join(","))).unwrap()
    };
    let base = text(&|n| format!("b{n}"));
    let ours = text(&|n| if n % 10 == 1 { format!("o{n}") } else { format!("b{n}") });
    let theirs = text(&|n| if n % 10 == 3 { format!("t{n}") } else { format!("b{n}") });
    let run = || timed(json, [&base, &ours, &theirs]);
    let runs = [run(), run(), run()];
    assert!(runs.iter().all(|(_, conflicts)| *conflicts == 0));
    runs.iter().map(|(time, _)| *time).min().unwrap()
}

#[test]
fn one_line_takes_time_that_grows_with_its_length() {
    let (small, large) = (one_line(300), one_line(2_400));
    println!("300 containers in {small:?}, 2400 in {large:?}");
    // Eight times the length: with its square, 64 times as long.
    assert!(large < small * 16, "{small:?}, {large:?}");
}
