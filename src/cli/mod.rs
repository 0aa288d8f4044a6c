//! The command line: the tree of commands and nothing else. Each command is one file.

mod access;
mod agent;
mod blame;
mod bulk;
mod changes;
mod check;
mod completions;
mod context;
mod convert;
mod copy;
mod decrypt;
mod diff;
mod edit;
mod editor;
mod encrypt;
mod explain;
mod exposure;
mod get;
mod git;
mod help;
mod hints;
mod identities;
mod init;
mod inspect;
mod keygen;
mod last;
mod log;
mod man;
mod options;
mod output;
mod place;
mod readers;
mod recipe;
mod recipients;
mod reseal;
mod resolve;
mod rewrap;
mod rotate;
mod set;
mod signals;
mod source;
mod terminal;
mod trust;
mod ui;
mod unfinished;
mod unset;
mod unwrap_share;
mod verify;
mod verify_history;
mod vouched;
mod whole;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::environment::Environment;
use crate::error::Result;

use context::Context;
use options::Globals;
use ui::{Status, Ui};

/// Encrypts the values in YAML, JSON, TOML, .env and INI files and leaves the rest readable, so that secrets can live
/// in git.
#[derive(Parser)]
#[command(name = "dekko", version, after_help = EXAMPLES, arg_required_else_help = true)]
#[command(after_long_help = format!("{EXAMPLES}\n\n{MORE}"))]
#[command(disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  dekko init                            write a dekko.toml, and make an identity if there is none
  dekko encrypt secrets/app.yaml        encrypt its values in place
  dekko edit secrets/app.yaml           change it in your editor
  dekko get secrets/app.yaml db.password
  dekko decrypt secrets/app.yaml | kubectl apply -f -";

/// What holds for all commands, behind the examples.
const MORE: &str = "\
Environment:
  DEKKO_AGE_KEY       an identity (AGE-SECRET-KEY-1…)
  DEKKO_AGE_KEY_FILE  a file of identities
  DEKKO_AGE_KEY_CMD   a command that writes identities
  DEKKO_AGE_PLUGINS   the age plugins that may run, beside those in dekko/config.toml; names with ',' between them
  DEKKO_DIFF          how git shows encrypted files: auto, plain, masked, raw
  DEKKO_NO_AGENT      when set, the agent is not asked for data keys
  DEKKO_NO_PROMPT     when set, nobody is asked anything at the terminal
  VISUAL, EDITOR      the editor of 'dekko edit'
  NO_COLOR            when set, messages are not coloured

Exit status:
  0  done
  1  the answer is no
  2  usage: wrong flags, unusable configuration; or nobody has said yes to a new recipient
  3  input: bad syntax, not encrypted, encrypted already, a newer layout
  4  no identity unwraps the data key; a key service that refuses to is none
  5  the file was altered, is for another scope than the required one, or not the one that a share is for
  6  a key service cannot be reached, or refuses to encrypt
  7  a file could not be read or written
  Several files end in the status that a retry helps least with: 5, 2, 3, 4, 7, 6, 1.
  130 is for a run over files that an interrupt ended between two of them.
  141 is for output that nobody reads any more (a closed pipe).";

#[derive(Subcommand)]
enum Command {
    Init(init::Args),
    Keygen(keygen::Args),
    Encrypt(encrypt::Args),
    Decrypt(decrypt::Args),
    Edit(edit::Args),
    Get(get::Args),
    Set(set::Args),
    Unset(unset::Args),
    Recipients(recipients::Args),
    Access(access::Args),
    Exposure(exposure::Args),
    Rewrap(rewrap::Args),
    Rotate(rotate::Args),
    UnwrapShare(unwrap_share::Args),
    Inspect(inspect::Args),
    Verify(verify::Args),
    Diff(diff::Args),
    Log(log::Args),
    Blame(blame::Args),
    Check(check::Args),
    Explain(explain::Args),
    Identities(identities::Args),
    Agent(agent::Args),
    Resolve(resolve::Args),
    Reseal(reseal::Args),
    Git(git::Args),
    Completions(completions::Args),
    Man(man::Args),
    Help(help::Args),
}

impl Command {
    fn run(self, context: &Context) -> Result<Status> {
        match self {
            Self::Init(args) => args.run(context),
            Self::Keygen(args) => args.run(context),
            Self::Encrypt(args) => args.run(context),
            Self::Decrypt(args) => args.run(context),
            Self::Edit(args) => args.run(context),
            Self::Get(args) => args.run(context),
            Self::Set(args) => args.run(context),
            Self::Unset(args) => args.run(context),
            Self::Recipients(args) => args.run(context),
            Self::Access(args) => args.run(context),
            Self::Exposure(args) => args.run(context),
            Self::Rewrap(args) => args.run(context),
            Self::Rotate(args) => args.run(context),
            Self::UnwrapShare(args) => args.run(context),
            Self::Inspect(args) => args.run(context),
            Self::Verify(args) => args.run(context),
            Self::Diff(args) => args.run(context),
            Self::Log(args) => args.run(context),
            Self::Blame(args) => args.run(context),
            Self::Check(args) => args.run(context),
            Self::Explain(args) => args.run(context),
            Self::Identities(args) => args.run(context),
            Self::Agent(args) => args.run(context),
            Self::Resolve(args) => args.run(context),
            Self::Reseal(args) => args.run(context),
            Self::Git(args) => args.run(context),
            Self::Completions(args) => args.run(context),
            Self::Man(args) => args.run(context),
            Self::Help(args) => args.run(context),
        }
    }
}

/// Runs the command that `arguments` name (the first is the program's own name) and gives the exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>, environment: Environment) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(status) = git::quick(&arguments, &environment) {
        return status;
    }
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let status = Ui::of(&environment).usage(&error);
            return git::usage_status(&arguments).filter(|_| error.use_stderr()).unwrap_or(status);
        }
    };
    let context = Context::new(cli.globals, environment);
    match cli.command.run(&context) {
        Ok(status) => status.0,
        Err(error) => context.ui.fail(&error),
    }
}
