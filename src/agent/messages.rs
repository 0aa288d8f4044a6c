//! What clients and the agent say to each other: requests and answers of one fixed size each, no lengths to get wrong.

use zeroize::Zeroizing;

use crate::crypto::{Commit, DataKey};

/// The layout below; an agent of another version is none.
const VERSION: u8 = 1;
/// Bytes of a request: version, verb, `COMMIT`, data key.
pub(super) const REQUEST: usize = 66;
/// Bytes of an answer: yes or no, and 32 bytes more.
pub(super) const ANSWER: usize = 33;

/// What a client wants.
pub(super) enum Request {
    /// The data key of this name.
    Find(Commit),
    /// To have a data key kept.
    Keep(Commit, DataKey),
    /// To have all keys forgotten.
    Forget,
    /// To know how it is.
    Status,
    /// To have all keys forgotten, and the agent ended.
    Stop,
}

impl Request {
    /// The request as bytes.
    pub fn bytes(&self) -> Zeroizing<[u8; REQUEST]> {
        let mut bytes = Zeroizing::new([0; REQUEST]);
        let (verb, commit, key) = match self {
            Self::Find(commit) => (1, Some(commit), None),
            Self::Keep(commit, key) => (2, Some(commit), Some(key)),
            Self::Forget => (3, None, None),
            Self::Status => (4, None, None),
            Self::Stop => (5, None, None),
        };
        bytes[..2].copy_from_slice(&[VERSION, verb]);
        if let Some(commit) = commit {
            bytes[2..34].copy_from_slice(&commit.0);
        }
        if let Some(key) = key {
            bytes[34..].copy_from_slice(key.expose());
        }
        bytes
    }

    /// The request in `bytes`; `None` when it is none of this version.
    pub fn read(bytes: &[u8; REQUEST]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<2>()?;
        let (commit, key) = rest.split_first_chunk::<32>()?;
        let commit = Commit(*commit);
        match head {
            [VERSION, 1] => Some(Self::Find(commit)),
            [VERSION, 2] => Some(Self::Keep(commit, DataKey::new(*key.first_chunk::<32>()?))),
            [VERSION, 3] => Some(Self::Forget),
            [VERSION, 4] => Some(Self::Status),
            [VERSION, 5] => Some(Self::Stop),
            _ => None,
        }
    }
}

/// What the agent says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub pid: u32,
    pub keys: u32,
    /// Seconds that a key is kept.
    pub ttl: u64,
    pub is_locked: bool,
}

impl Report {
    /// The report as the last 32 bytes of an answer.
    pub fn bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&self.pid.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.keys.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.ttl.to_be_bytes());
        bytes[16] = u8::from(self.is_locked);
        bytes
    }

    /// The report in the last 32 bytes of an answer.
    pub fn read(bytes: &[u8; 32]) -> Option<Self> {
        let (pid, rest) = bytes.split_first_chunk::<4>()?;
        let (keys, rest) = rest.split_first_chunk::<4>()?;
        let (ttl, rest) = rest.split_first_chunk::<8>()?;
        Some(Self {
            pid: u32::from_be_bytes(*pid),
            keys: u32::from_be_bytes(*keys),
            ttl: u64::from_be_bytes(*ttl),
            is_locked: rest.first() == Some(&1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_understood() {
        let commit = Commit([7; 32]);
        let request = Request::Keep(commit, DataKey::new([9; 32]));
        let Some(Request::Keep(name, key)) = Request::read(&request.bytes()) else {
            panic!("another request")
        };
        assert_eq!((name, key.expose()), (commit, &[9; 32]));
        assert!(matches!(Request::read(&Request::Stop.bytes()), Some(Request::Stop)));
        let mut other = *Request::Stop.bytes();
        other[0] = 2;
        assert!(Request::read(&other).is_none());
        let report = Report { pid: 70_000, keys: 3, ttl: 600, is_locked: true };
        assert_eq!(Report::read(&report.bytes()), Some(report));
    }
}
