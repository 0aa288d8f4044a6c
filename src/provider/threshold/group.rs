//! Groups as text: `threshold:2-of-3:door [ age:age1… age:age1… age:age1… ]`, where a member may be a group again.
//!
//! A rid holds no white space, so the words say where it ends. What stands before the bracket is what a file calls it.

use std::collections::BTreeSet;

use super::{MOST_DEEP, MOST_SHARES, NAME};
use crate::document::escape;

/// A recipient that needs several of its members together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// How many of the members it takes; 2 to their number.
    pub needed: usize,
    /// The name that it was given.
    pub name: String,
    /// The members, as [`crate::provider::recipient`] writes them, in their order.
    pub members: Vec<String>,
}

impl Group {
    /// The group in `recipient`, which is in canonical form; `None` for any other recipient.
    pub fn of(recipient: &str) -> Option<Self> {
        let node = Node::read(recipient).ok().filter(|node| !node.members.is_empty())?;
        let (needed, _, name) = shape(&node.rid)?;
        let members = node.members.iter().map(Node::text).collect();
        Some(Self { needed, name: name.to_owned(), members })
    }

    /// The text for any `needed` of `members`, which are recipients; whether it can be one is for
    /// [`crate::provider::recipient`] to say.
    pub fn text(name: &str, needed: usize, members: &[String]) -> String {
        format!("{NAME}:{needed}-of-{}:{name} [ {} ]", members.len(), members.join(" "))
    }
}

/// Whether both are the group of one name, whoever is in it and whatever it takes.
pub fn is_same_group(one: &str, other: &str) -> bool {
    name_of(one).is_some_and(|name| name_of(other) == Some(name))
}

/// Whether everybody who could open something as `old` can as `new`, which is the same group: nobody left, and it takes
/// no more of them.
pub fn admits_all_of(new: &str, old: &str) -> bool {
    let (Some(new), Some(old)) = (Group::of(new), Group::of(old)) else { return false };
    new.needed <= old.needed && old.members.iter().all(|member| new.members.contains(member))
}

/// Whether `rid` gets a share of `group`, itself or in a group in it.
pub fn has_share(group: &str, rid: &str) -> bool {
    let node = Node::read(group).ok().filter(|node| !node.members.is_empty());
    node.is_some_and(|node| node.leaves().contains(&rid))
}

/// What a file calls `recipient`: of a group the part without its members.
pub fn rid_of(recipient: &str) -> &str {
    recipient.split_once(' ').map_or(recipient, |(rid, _)| rid)
}

/// The name of the group in `recipient`, which may lack its members; `None` for any other recipient.
pub fn name_of(recipient: &str) -> Option<&str> {
    shape(rid_of(recipient)).map(|(.., name)| name)
}

/// K, N and name of the rid of a group, when they are written as they must be.
pub(super) fn shape(rid: &str) -> Option<(usize, usize, &str)> {
    let (k, after) = rid.strip_prefix(NAME)?.strip_prefix(':')?.split_once("-of-")?;
    let (n, name) = after.split_once(':')?;
    let number = |text: &str| text.parse::<u8>().ok().filter(|number| number.to_string() == text);
    let (needed, of) = (number(k)?, number(n)?);
    (needed >= 2 && needed <= of && !name.is_empty()).then(|| (needed.into(), of.into(), name))
}

/// A recipient, and of a group its members; at most [`MOST_DEEP`] groups deep.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) rid: String,
    pub(super) members: Vec<Node>,
}

impl Node {
    /// Reads words as above; nothing is known yet of what they name.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        const UNPAIRED: &str = "its brackets do not pair up, or one of them holds nothing";
        let node = |rid: &str| Self { rid: rid.to_owned(), members: Vec::new() };
        let mut open = vec![node("")];
        let mut words = 0;
        for word in text.split_ascii_whitespace() {
            words += 1;
            if words > 4 * MOST_SHARES {
                return Err(TOO_MANY);
            }
            let deep = open.len();
            let last = open.last_mut().ok_or(UNPAIRED)?;
            match word {
                "[" => {
                    let group =
                        last.members.pop().filter(|group| group.members.is_empty()).ok_or(UNPAIRED)?;
                    if deep > MOST_DEEP {
                        return Err("its groups are more than 4 deep");
                    }
                    open.push(group);
                }
                "]" => {
                    let group = open.pop().filter(|group| !group.members.is_empty()).ok_or(UNPAIRED)?;
                    open.last_mut().ok_or(UNPAIRED)?.members.push(group);
                }
                rid => last.members.push(node(rid)),
            }
        }
        match (open.pop(), open.is_empty()) {
            (Some(mut root), true) if root.members.len() == 1 => root.members.pop().ok_or(UNPAIRED),
            _ => Err(UNPAIRED),
        }
    }

    /// The words that it was read from.
    pub(super) fn text(&self) -> String {
        if self.members.is_empty() {
            return self.rid.clone();
        }
        let members: Vec<_> = self.members.iter().map(Self::text).collect();
        format!("{} [ {} ]", self.rid, members.join(" "))
    }

    /// The recipients that get shares, groups opened.
    pub(super) fn leaves(&self) -> Vec<&str> {
        match self.members.is_empty() {
            true => vec![&self.rid],
            false => self.members.iter().flat_map(Self::leaves).collect(),
        }
    }

    /// Refuses what no group can be: numbers that do not fit, a recipient twice, too many.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(super) fn check(&self) -> Result<(), String> {
        self.check_numbers()?;
        let leaves = self.leaves();
        if leaves.len() > MOST_SHARES {
            return Err(TOO_MANY.to_owned());
        }
        let mut seen = BTreeSet::new();
        match leaves.into_iter().find(|rid| !seen.insert(*rid)) {
            Some(twice) => Err(format!("'{}' is in it twice", escape(twice))),
            None => Ok(()),
        }
    }

    fn check_numbers(&self) -> Result<(), String> {
        let is_named = self.rid.starts_with("threshold:");
        match (is_named, self.members.is_empty()) {
            (false, true) => return Ok(()),
            (true, false) => {}
            (true, true) => return Err(NO_MEMBERS.to_owned()),
            (false, false) => return Err("only 'threshold:K-of-N:name' has members".to_owned()),
        }
        match shape(&self.rid) {
            Some((_, of, _)) if of == self.members.len() => {
                self.members.iter().try_for_each(Self::check_numbers)
            }
            Some(_) => Err("it has not as many members as it says".to_owned()),
            None => Err("it begins with 'threshold:K-of-N:name', K from 2 to N".to_owned()),
        }
    }
}

const TOO_MANY: &str = "it has more than 128 shares";
const NO_MEMBERS: &str =
    "its members are not given: 'threshold:2-of-3:name [ age1… age1… age1… ]', or a name in dekko.toml";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_into_its_groups_and_written_again() {
        for text in [
            "a:b",
            "threshold:2-of-2:x [ a:b c:d ]",
            "threshold:2-of-2:x [ a:b threshold:2-of-2:y [ c:d e:f ] ]",
        ] {
            assert_eq!(Node::read(text).unwrap().text(), text);
        }
        let group = Group::of("threshold:2-of-2:x [ a:b threshold:2-of-2:y [ c:d e:f ] ]").unwrap();
        assert_eq!((group.needed, group.name.as_str()), (2, "x"));
        assert_eq!(group.members, ["a:b", "threshold:2-of-2:y [ c:d e:f ]"]);
        assert_eq!(
            Group::text("x", 2, &group.members),
            "threshold:2-of-2:x [ a:b threshold:2-of-2:y [ c:d e:f ] ]"
        );
        assert_eq!(Group::of("age:age1"), None);
        assert_eq!(Group::of("threshold:2-of-3:x"), None);
        let nested = "threshold:2-of-2:x [ a:b threshold:2-of-2:y [ c:d e:f ] ]";
        assert!(has_share(nested, "a:b") && has_share(nested, "e:f"));
        assert!(!has_share(nested, "threshold:2-of-2:y") && !has_share("a:b", "a:b"));
        assert_eq!(rid_of("threshold:2-of-2:x [ a:b c:d ]"), "threshold:2-of-2:x");
        assert_eq!((name_of("threshold:2-of-2:x [ a:b ]"), name_of("a:b")), (Some("x"), None));
    }

    #[test]
    fn brackets_that_do_not_pair_up_are_refused() {
        for text in [
            "",
            "[",
            "]",
            "a:b ]",
            "a:b [",
            "a:b [ ]",
            "a:b [ c:d",
            "a:b [ c:d ] ]",
            "a:b [ c:d ] [ e:f ]",
            "a:b c:d",
            "[ a:b ]",
        ] {
            assert!(Node::read(text).is_err(), "{text}");
        }
        let deep = |levels: usize| format!("{}a:b{}", "t:x [ ".repeat(levels), " ]".repeat(levels));
        assert!(Node::read(&deep(4)).is_ok());
        assert!(Node::read(&deep(5)).unwrap_err().contains("4 deep"));
        assert!(Node::read(&deep(100_000)).is_err());
        assert!(Node::read(&"a:b ".repeat(100_000)).is_err());
    }

    #[test]
    fn numbers_that_do_not_fit_and_equal_members_are_refused() {
        for (text, why) in [
            ("threshold:1-of-2:x [ a:b c:d ]", "K from 2"),
            ("threshold:3-of-2:x [ a:b c:d ]", "K from 2"),
            ("threshold:02-of-2:x [ a:b c:d ]", "K from 2"),
            ("threshold:2-of-2: [ a:b c:d ]", "K from 2"),
            ("threshold:2-of-3:x [ a:b c:d ]", "as many members"),
            ("threshold:2-of-3:x", "members are not given"),
            ("threshold:2-of-2:x [ a:b threshold:2-of-2:y ]", "members are not given"),
            ("age:x [ a:b c:d ]", "only 'threshold"),
            ("threshold:2-of-2:x [ a:b a:b ]", "twice"),
            ("threshold:2-of-2:x [ a:b threshold:2-of-2:y [ a:b c:d ] ]", "'a:b' is in it twice"),
        ] {
            let error = Node::read(text).unwrap().check().unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
        let members: Vec<_> = (0..129).map(|n| format!("a:{n}")).collect();
        assert!(Node::read(&Group::text("x", 2, &members[1..])).unwrap().check().is_ok());
        assert!(Node::read(&Group::text("x", 2, &members)).unwrap().check().unwrap_err().contains("128"));
    }
}
