//! Whether one policy encrypts everything that another does, told from the patterns alone.

use super::Policy;
use super::pattern::{Pattern, Step};

/// The most pairs of steps that are compared; policies with more are only compared pattern by pattern, for equality.
const MOST: usize = 4_000_000;

impl Policy {
    /// Whether everything that `other` encrypts is encrypted under this policy, too, in whatever document. A `true` is
    /// always right; a `false` may stand for patterns that only mean as much together.
    pub fn includes(&self, other: &Self) -> bool {
        let steps =
            |patterns: &[Pattern]| patterns.iter().map(|pattern| pattern.steps.len() + 1).sum::<usize>();
        let is_large = |a: &[Pattern], b: &[Pattern]| steps(a).saturating_mul(steps(b)) > MOST;
        let all_within = |inner: &[Pattern], outer: &[Pattern]| {
            let is_large = is_large(inner, outer);
            inner.iter().all(|one| {
                outer
                    .iter()
                    .any(|all| one.text == all.text || (!is_large && is_within(&one.steps, &all.steps)))
            })
        };
        (self.comments || !other.comments)
            && all_within(&other.encrypt, &self.encrypt)
            && all_within(&self.plain, &other.plain)
    }
}

/// Whether every path that `inner` matches is matched by `outer`.
fn is_within(inner: &[Step], outer: &[Step]) -> bool {
    // `reached[i]`: whether the rest of `inner` from step `i` lies within the rest of `outer` that was looked at.
    let mut reached = vec![false; inner.len() + 1];
    reached[inner.len()] = true;
    for step in outer.iter().rev() {
        let mut next = vec![false; inner.len() + 1];
        for at in (0..=inner.len()).rev() {
            let rest = reached.get(at + 1).copied().unwrap_or(false);
            next[at] = match (step, inner.get(at)) {
                (Step::Deep, None) => reached[at],
                (Step::Deep, Some(_)) => reached[at] || next[at + 1],
                (_, None | Some(Step::Deep)) => false,
                (step, Some(one)) => rest && is_step_within(one, step),
            };
        }
        reached = next;
    }
    reached[0]
}

fn is_step_within(inner: &Step, outer: &Step) -> bool {
    match (inner, outer) {
        (Step::Item, Step::Item) => true,
        (Step::Item, _) | (_, Step::Item | Step::Deep) | (Step::Deep, _) => false,
        (_, Step::AnyKey) => true,
        (Step::Key(key) | Step::Prefix(key), Step::Prefix(start)) => key.starts_with(start),
        (Step::Key(key) | Step::Suffix(key), Step::Suffix(end)) => key.ends_with(end),
        (Step::Key(key), Step::Key(other)) => key == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_includes_what_it_encrypts_for_certain() {
        let cases = [
            ("encrypt **", "encrypt db.*", true),
            ("encrypt db.*", "encrypt **", false),
            ("encrypt db.*", "encrypt db.password,db.user", true),
            ("encrypt db.password", "encrypt db.*", false),
            ("encrypt **; plain host", "encrypt **", false),
            ("encrypt **", "encrypt **; plain host", true),
            ("encrypt **; plain host", "encrypt **; plain host,port", true),
            ("encrypt **; plain **", "encrypt **; plain *", false),
            ("encrypt **; comments", "encrypt **", true),
            ("encrypt **", "encrypt **; comments", false),
            ("encrypt **.password", "encrypt a.**.password", true),
            ("encrypt a.**.password", "encrypt **.password", false),
            ("encrypt users[*].*", "encrypt users[*].name", true),
            ("encrypt users.*.name", "encrypt users[*].name", false),
            ("encrypt pass*", "encrypt password,passphrase", true),
            ("encrypt *word", "encrypt pass*", false),
            ("encrypt **.**", "encrypt **", true),
        ];
        for (own, other, expected) in cases {
            let (own, other) = (Policy::read(own).unwrap(), Policy::read(other).unwrap());
            assert_eq!(own.includes(&other), expected, "{} / {}", own.text(), other.text());
        }
    }
}
