//! What is not as it should be between git and dekko, and the command that mends it.

mod configuration;
mod leftovers;
mod selection;

use crate::environment::Environment;
use crate::error::Result;

use super::command::Git;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its name, which stays from version to version: `attributes`, `cached-textconv`, …
    pub id: &'static str,
    /// How bad it is.
    pub weight: Weight,
    /// What was found, one line, safe to show.
    pub what: String,
    /// The command that mends it, or what to do in words.
    pub mend: String,
    /// What can be done without asking.
    pub fix: Option<Fix>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Secrets may be where they do not belong, or git does not work with encrypted files as it should.
    Problem,
    /// All is well, and could be better.
    Advice,
}

/// What mends a finding without a loss to anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// To write the user's configuration of git.
    Install,
    /// To write `.gitattributes`.
    Attributes,
    /// To delete this reference, a cache.
    DeleteReference(String),
}

/// Everything that is found in the repository that `git` is in, or, outside of one, in the user's configuration.
///
/// # Errors
/// [`crate::error::Error::Git`] when git does not answer; [`crate::error::Error::Config`] for a `dekko.toml` that cannot be used.
pub fn examine(git: &Git, environment: &Environment) -> Result<Vec<Finding>> {
    let mut found = configuration::examine(git, environment)?;
    if let Some(top) = git.top()? {
        let git = git.within(&top);
        found.extend(selection::examine(&git)?);
        found.extend(leftovers::examine(&git)?);
    }
    Ok(found)
}

/// Mends what `finding` says can be mended without asking; whether there was such a thing.
///
/// # Errors
/// As [`super::install::install`], [`super::Attributes::write`] and [`Git::output`].
pub fn mend(git: &Git, finding: &Finding) -> Result<bool> {
    match &finding.fix {
        None => return Ok(false),
        Some(Fix::Install) => {
            let wanted = super::install::settings("dekko");
            let scope = super::install::Scope::Global;
            super::install::install(git, scope, &wanted, super::install::Foreign::Kept)?;
        }
        Some(Fix::Attributes) => {
            let top = git.top()?.unwrap_or_else(|| git.folder().to_owned());
            for wanted in selection::wanted(&git.within(&top))? {
                wanted.write()?;
            }
        }
        Some(Fix::DeleteReference(name)) => {
            git.output("delete a reference", ["update-ref", "-d", name.as_str()])?;
        }
    }
    Ok(true)
}
