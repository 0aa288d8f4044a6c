//! When to ask a second time, and how long to wait before: only for what can go well the next time.

use std::time::Duration;

use tokio::time::Instant;

/// How often a request is made at most.
const TRIES: u32 = 4;
/// The longest first wait; each further one is up to twice as long.
const FIRST: Duration = Duration::from_millis(100);
/// The longest wait that nobody asked for.
const LONGEST: Duration = Duration::from_secs(2);

/// The tries of one request.
pub(super) struct Tries {
    deadline: Instant,
    made: u32,
}

impl Tries {
    /// None yet; the last must have ended by `deadline`.
    pub(super) fn until(deadline: Instant) -> Self {
        Self { deadline, made: 0 }
    }

    /// How many were made.
    pub(super) fn made(&self) -> u32 {
        self.made
    }

    /// Counts a try that failed, and waits until it is time for the next; false when there is no time or no try left.
    ///
    /// `wanted` is what the service asked for (`Retry-After`, RFC 9110 section 10.2.3).
    pub(super) async fn again(&mut self, wanted: Option<Duration>) -> bool {
        self.made += 1;
        let wait = wanted.unwrap_or_else(|| jitter(self.made, fraction()));
        // A service may name a time that no clock can say.
        let is_too_late = Instant::now().checked_add(wait).is_none_or(|at| at >= self.deadline);
        if self.made >= TRIES || is_too_late {
            return false;
        }
        tokio::time::sleep(wait).await;
        true
    }
}

/// Full jitter: any time up to a bound that doubles with every try. `part` of 255 of it.
fn jitter(tries: u32, part: u8) -> Duration {
    let bound = FIRST.saturating_mul(1 << tries.saturating_sub(1).min(8)).min(LONGEST);
    bound.mul_f64(f64::from(part) / 255.0)
}

fn fraction() -> u8 {
    let mut byte = [0];
    // Without randomness the whole bound is waited for.
    getrandom::fill(&mut byte).map_or(255, |()| byte[0])
}

/// Whether a request that was answered with `status` may go well the next time.
pub(in crate::provider) fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound() {
        let waits = [1, 2, 3, 4, 5, 6, 40].map(|tries| jitter(tries, 255).as_millis());
        assert_eq!(waits, [100, 200, 400, 800, 1600, 2000, 2000]);
        assert_eq!(jitter(6, 0), Duration::ZERO);
    }
}
