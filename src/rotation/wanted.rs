//! What a rule wants of a file beside its recipients, and where the file differs.

use crate::config::Rule;
use crate::document::{Cover, Style};
use crate::error::Result;
use crate::file::{EncryptedFile, FileType, Terms};
use crate::policy::Policy;

/// Policy, cover and scope as a rule of `dekko.toml` says.
#[derive(Clone, Debug)]
pub struct Wanted {
    policy: Policy,
    /// For formats whose comments cannot be encrypted.
    policy_without_comments: Policy,
    cover: Cover,
    scope: Option<String>,
}

impl Wanted {
    /// What `rule` wants.
    ///
    /// # Errors
    /// As [`Rule::policy`].
    pub fn of(rule: &Rule) -> Result<Self> {
        Ok(Self {
            policy: rule.policy()?,
            policy_without_comments: Policy::new(&rule.encrypt, &rule.plain, false)?,
            cover: rule.cover,
            scope: rule.scope.clone(),
        })
    }

    /// What it wants of a file of this type; of one that is encrypted as a whole, the scope counts alone.
    pub fn terms(&self, file_type: FileType) -> Terms {
        let has_comments = matches!(file_type, FileType::Text(format) if format.has_secret_comments());
        let policy = if has_comments { &self.policy } else { &self.policy_without_comments };
        Terms { policy: policy.clone(), cover: self.cover, scope: self.scope.clone() }
    }

    /// What it wants of `file`, when that is not what the file says of itself.
    pub fn change(&self, file: &EncryptedFile) -> Option<Terms> {
        let (terms, own) = (self.terms(file.file_type()), file.envelope());
        let is_whole = matches!(file.file_type(), FileType::Binary);
        let is_same = is_whole || terms.policy == *file.policy() && terms.cover == own.cover;
        (!is_same || terms.scope != own.scope).then_some(terms)
    }

    /// In which way `terms`, those of a file of this type, ask for less than the rule; `None` when they do not.
    pub fn shortfall(&self, terms: &Terms, file_type: FileType) -> Option<&'static str> {
        let wanted = self.terms(file_type);
        let is_text = matches!(file_type, FileType::Text(_));
        if is_text && !terms.policy.includes(&wanted.policy) {
            Some("encrypts what may stay plain here")
        } else if is_text && terms.cover == Cover::Encrypted && wanted.cover == Cover::All {
            Some("covers plain values, too")
        } else if wanted.scope.is_some() && wanted.scope != terms.scope {
            Some("names another scope")
        } else {
            None
        }
    }
}

/// The paths of the values of `file` that are secret, and would stand plain under `policy`.
pub(super) fn opened(file: &EncryptedFile, policy: &Policy) -> Vec<String> {
    let Some(document) = file.document() else { return Vec::new() };
    let mut matcher = policy.matcher(document);
    let leaves = document.leaves().iter().zip(file.tokens()).filter(|(_, token)| token.is_some());
    let opened = leaves.filter(|(leaf, _)| match leaf.style {
        Style::Comment => !policy.has_comments(),
        _ => !matcher.is_secret(leaf.node),
    });
    opened.map(|(leaf, _)| document.path_of(leaf.node)).collect()
}
