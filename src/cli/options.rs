//! Options that several commands share.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use clap::{Args, ValueEnum};

use crate::file::FileType;

/// The names that `--type` takes.
const TYPES: [&str; 7] = ["yaml", "json", "jsonc", "toml", "dotenv", "ini", "binary"];

/// What holds for every command.
#[derive(Args)]
#[command(next_help_heading = "Options for every command")]
pub(super) struct Globals {
    /// Look for identities in FILE first; may be given several times
    #[arg(short = 'i', long = "identity", value_name = "FILE", global = true)]
    pub identities: Vec<PathBuf>,
    /// Wait for key services and plugins no longer than SECONDS for one file
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "30", global = true)]
    pub timeout: Duration,
    /// Say nothing but warnings and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// When to colour messages; 'auto' is on a terminal unless NO_COLOR is set
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        global = true,
        hide_possible_values = true
    )]
    pub color: When,
}

/// A number of seconds, fractions allowed, up to a day.
fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number: f64 = text.parse().map_err(|_| "a number of seconds")?;
    if (0.1..=86_400.0).contains(&number) {
        Ok(Duration::from_secs_f64(number))
    } else {
        Err("between 0.1 and 86400")
    }
}

/// When messages are coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How the files are read.
#[derive(Args, Default)]
pub(super) struct Typed {
    /// Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary
    #[arg(long = "type", value_name = "TYPE", value_parser = file_type(), hide_possible_values = true)]
    pub file_type: Option<FileType>,
}

fn file_type() -> impl TypedValueParser<Value = FileType> {
    PossibleValuesParser::new(TYPES)
        .try_map(|name| FileType::named(&name).ok_or("this build does not know it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_can_be_named() {
        for format in crate::format::FORMATS {
            assert!(TYPES.contains(&format.name()), "{}", format.name());
        }
        assert!(TYPES.iter().all(|name| FileType::named(name).is_some()));
    }
}
