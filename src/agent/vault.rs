//! The memory of the agent.

use std::time::{Duration, Instant, SystemTime};

use zeroize::Zeroizing;

use crate::crypto::{Commit, DataKey};

/// How many keys are kept; the oldest goes when one more comes. 256 KiB of keys: more than a quarter of a mebibyte is
/// always a mapping of its own to the allocator, which mlockall(2) then locks.
const ROOM: usize = 8192;

/// A key's name and the time it came.
struct Kept {
    commit: Commit,
    since: (Instant, SystemTime),
}

/// Data keys by name, each for a time.
pub(super) struct Vault {
    ttl: Duration,
    kept: Vec<Option<Kept>>,
    /// The keys, in the same places; one piece of memory that is never moved.
    keys: Zeroizing<Vec<[u8; 32]>>,
    is_locked: bool,
}

impl Vault {
    /// An empty one.
    pub fn new(ttl: Duration) -> Self {
        let kept = std::iter::repeat_with(|| None).take(ROOM).collect();
        Self { ttl, kept, keys: Zeroizing::new(vec![[0; 32]; ROOM]), is_locked: false }
    }

    /// An empty one in memory that is not swapped out, where the system allows that. All that this process asks for from
    /// now on is locked, too: it must not start threads, whose stacks are large.
    pub fn in_locked_memory(ttl: Duration) -> Self {
        let will_lock = lock_what_comes();
        let vault = Self::new(ttl);
        Self { is_locked: will_lock && is_something_locked(), ..vault }
    }

    /// How long a key is kept.
    pub fn ttl(&self) -> Duration {
        self.ttl
    }

    /// Whether the keys are kept from being swapped out.
    pub fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.kept.iter().flatten().count()
    }

    /// Keeps `key`, from now on for the whole time.
    pub fn keep(&mut self, commit: Commit, key: &DataKey) {
        let place = self.place(&commit).or_else(|| self.kept.iter().position(Option::is_none));
        let oldest = || {
            let kept = self.kept.iter().enumerate();
            kept.min_by_key(|(_, kept)| kept.as_ref().map(|kept| kept.since.0)).map(|(at, _)| at)
        };
        let Some(at) = place.or_else(oldest) else { return };
        if let (Some(slot), Some(kept)) = (self.keys.get_mut(at), self.kept.get_mut(at)) {
            slot.copy_from_slice(key.expose());
            *kept = Some(Kept { commit, since: (Instant::now(), SystemTime::now()) });
        }
    }

    /// The key called `commit`, when it is here.
    pub fn find(&self, commit: &Commit) -> Option<DataKey> {
        self.place(commit).and_then(|at| self.keys.get(at)).map(|key| DataKey::new(*key))
    }

    /// Forgets what was kept for its time, by either clock: one stands still while the machine sleeps, the other can be
    /// set.
    pub fn forget_old(&mut self) {
        let ttl = self.ttl;
        self.forget(|kept| {
            let (instant, time) = kept.since;
            instant.elapsed() >= ttl || time.elapsed().is_ok_and(|age| age >= ttl)
        });
    }

    /// Forgets all keys.
    pub fn forget_all(&mut self) {
        self.forget(|_| true);
    }

    fn forget(&mut self, is_over: impl Fn(&Kept) -> bool) {
        for (kept, key) in self.kept.iter_mut().zip(self.keys.iter_mut()) {
            if kept.as_ref().is_some_and(&is_over) {
                zeroize::Zeroize::zeroize(key);
                *kept = None;
            }
        }
    }

    fn place(&self, commit: &Commit) -> Option<usize> {
        self.kept.iter().position(|kept| kept.as_ref().is_some_and(|kept| kept.commit == *commit))
    }
}

/// Asks that memory which is mapped from now on stays out of the swap (mlockall(2)). All that is mapped already would be
/// more than most users may lock.
fn lock_what_comes() -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::mm::{MlockAllFlags, mlockall};
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::Memlock).maximum;
        let is_raised = setrlimit(Resource::Memlock, Rlimit { current: maximum, maximum }).is_ok();
        // With less than this, the process itself would soon get no memory any more.
        let is_enough = maximum.is_none_or(|bytes| bytes >= 2 << 20);
        is_raised && is_enough && mlockall(MlockAllFlags::FUTURE).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    false
}

/// Whether the system says that as much is locked as the keys take (`VmLck` of proc(5)).
fn is_something_locked() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmLck:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    kilobytes.is_some_and(|kilobytes| kilobytes * 1024 >= ROOM * 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_for_its_time_and_wiped_then() {
        let mut vault = Vault::new(Duration::from_secs(60));
        let (one, other) = (Commit([1; 32]), Commit([2; 32]));
        vault.keep(one, &DataKey::new([8; 32]));
        assert_eq!(vault.find(&one).map(|key| *key.expose()), Some([8; 32]));
        assert!(vault.find(&other).is_none());
        vault.forget_old();
        assert_eq!(vault.len(), 1);
        let hour = Duration::from_secs(3600);
        if let Some(kept) = vault.kept[0].as_mut() {
            // As after an hour of sleep, in which only one of the clocks went on.
            kept.since.1 -= hour;
        }
        vault.forget_old();
        assert!(vault.find(&one).is_none() && vault.keys.iter().all(|key| *key != [8; 32]));
    }

    #[test]
    fn the_oldest_key_goes_when_there_is_no_room() {
        let mut vault = Vault::new(Duration::from_secs(60));
        let name = |number: usize| {
            let mut name = [0; 32];
            name[..8].copy_from_slice(&number.to_be_bytes());
            Commit(name)
        };
        (0..=ROOM).for_each(|number| vault.keep(name(number), &DataKey::new([3; 32])));
        assert_eq!(vault.len(), ROOM);
        assert!(vault.find(&name(0)).is_none() && vault.find(&name(ROOM)).is_some());
        vault.keep(name(ROOM), &DataKey::new([4; 32]));
        assert_eq!(vault.len(), ROOM);
        vault.forget_all();
        assert_eq!(vault.len(), 0);
    }
}
