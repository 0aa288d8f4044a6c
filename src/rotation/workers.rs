//! Several workers for many items, which can be stopped between two of them.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

/// Ends a run between two files, from wherever it is set: a signal, another thread.
#[derive(Clone, Debug, Default)]
pub struct Stop(pub Arc<AtomicBool>);

impl Stop {
    /// Whether the run is to end.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Does `work` for each of `items`, by `jobs` threads, and tells `done` of each result as it comes, on this thread. The
/// results, in the order of `items`; `None` for those that were not begun when `stop` was set.
pub(super) fn each<I: Sync, T: Send>(
    jobs: NonZeroUsize,
    items: &[I],
    stop: &Stop,
    work: impl Fn(&I) -> T + Sync,
    mut done: impl FnMut(&T),
) -> Vec<Option<T>> {
    let next = AtomicUsize::new(0);
    let mut results: Vec<Option<T>> = items.iter().map(|_| None).collect();
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..jobs.get().min(items.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                while !stop.is_set() {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    let Some(item) = items.get(at) else { break };
                    if sender.send((at, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (at, result) in receiver {
            done(&result);
            if let Some(place) = results.get_mut(at) {
                *place = Some(result);
            }
        }
    });
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_and_the_results_are_in_order() {
        let items: Vec<usize> = (0..1000).collect();
        for jobs in [1, 2, 7] {
            let jobs = NonZeroUsize::new(jobs).unwrap();
            let mut told = 0;
            let results = each(jobs, &items, &Stop::default(), |item| item * 2, |_| told += 1);
            assert_eq!(told, 1000);
            assert!(results.iter().enumerate().all(|(at, result)| *result == Some(at * 2)));
        }
    }

    #[test]
    fn a_stop_ends_the_work_between_two_items() {
        let items: Vec<usize> = (0..1000).collect();
        let stop = Stop::default();
        let one = NonZeroUsize::MIN;
        let work = |item: &usize| stop.0.store(*item == 9, Ordering::SeqCst);
        let results = each(one, &items, &stop, work, |()| {});
        assert_eq!(results.iter().flatten().count(), 10);
    }
}
