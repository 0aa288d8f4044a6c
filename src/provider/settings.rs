//! What the user, and never a repository, says about the keys of services: whose credentials, and which address.

use std::path::PathBuf;

/// How the user's own configuration has the keys treated that a pattern names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySettings {
    /// The rids it is for, `aws-kms:arn:aws:kms:*:111122223333:*`; `*` is any text.
    pub matches: String,
    /// Where requests for them go instead of the service's own place: a URL. A token for Vault goes nowhere else.
    pub address: Option<String>,
    /// AWS: the profile whose credentials are taken.
    pub profile: Option<String>,
    /// AWS: the role that is taken on; Vault: the role to log in as.
    pub role: Option<String>,
    /// Google: the file of credentials; Vault: the file with the token.
    pub credentials: Option<PathBuf>,
    /// Vault: how to log in; unless it is said, a token is looked for.
    pub login: Option<Login>,
    /// Vault: where the login is mounted below `auth/`, when not under its own name.
    pub mount: Option<String>,
    /// Vault: the file with the JWT, or with the secret id of an AppRole.
    pub secret_file: Option<PathBuf>,
    /// Vault: the environment variable that holds the same.
    pub secret_variable: Option<String>,
}

/// How to come by a token of Vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// `auth/approle/login` with a role id and a secret id.
    AppRole,
    /// `auth/jwt/login` with a role and a JWT.
    Jwt,
    /// `auth/kubernetes/login` with a role and the JWT of the pod's service account.
    Kubernetes,
}

/// Whether key services may be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// They may.
    #[default]
    Allowed,
    /// They are left alone: what is opened was chosen by nobody here.
    Silent,
}

impl KeySettings {
    /// Whether they are for the recipient `rid`.
    pub fn are_for(&self, rid: &str) -> bool {
        let mut parts = self.matches.split('*');
        let Some(mut rest) = parts.next().and_then(|first| rid.strip_prefix(first)) else { return false };
        let mut parts = parts.peekable();
        if parts.peek().is_none() {
            return rest.is_empty();
        }
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return rest.ends_with(part);
            }
            let Some((_, after)) = rest.split_once(part) else { return false };
            rest = after;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text_and_the_rest_is_itself() {
        let are_for = |matches: &str, rid: &str| {
            KeySettings { matches: matches.to_owned(), ..KeySettings::default() }.are_for(rid)
        };
        for (matches, rid, yes) in [
            ("a:b", "a:b", true),
            ("a:b", "a:bc", false),
            ("a:*", "a:", true),
            ("a:*", "b:a:", false),
            ("a:*:c", "a:b:c", true),
            ("a:*:c", "a:c", false),
            ("a*b*c", "abbc", true),
            ("a*b*c", "acb", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(are_for(matches, rid), yes, "{matches} {rid}");
        }
    }
}
