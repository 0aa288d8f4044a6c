//! Making wraps for several services at a time.

use std::future::poll_fn;
use std::task::Poll;

use super::{Call, Outcome, Pending, Service, guarded, refused, run, wrapped};
use crate::crypto::FileId;
use crate::error::{Error, Result};
use crate::provider::{Session, provider_of, unusable};

/// The most calls under way for one file.
const AT_ONCE: usize = 8;

/// The wraps of `payload` for `rids`, all of services, in their order.
///
/// # Errors
/// [`Error::Service`] for the first of `rids` that failed, which names the others, too.
pub(in crate::provider) fn wrap_all(
    rids: &[&str],
    file: &FileId,
    payload: &[u8],
    session: &Session,
) -> Result<Vec<Vec<u8>>> {
    // Whoever asks no service starts no runtime.
    if rids.is_empty() {
        return Ok(Vec::new());
    }
    let mut asked: Vec<(&dyn Service, Call<'_>)> = Vec::new();
    for rid in rids {
        let (name, rest) = rid.split_once(':').unwrap_or((rid, ""));
        let service = provider_of(name).and_then(|provider| provider.as_service());
        let service = service.ok_or_else(|| unusable(rid, "this build of dekko has no such service"))?;
        asked.push((service, super::call(service, rest, file, session)?));
    }
    let mut calls: Vec<Pending<'_, Vec<u8>>> = Vec::new();
    for (service, call) in &asked {
        calls.push(Box::pin(guarded(*service, call, wrapped(*service, call, payload))));
    }
    let outcomes = run(all(calls)).unwrap_or_else(|failure| vec![Err(failure)]);
    let mut wraps = Vec::new();
    let mut failed: Option<Error> = None;
    for (outcome, (service, call)) in outcomes.into_iter().zip(&asked) {
        match (outcome, &mut failed) {
            (Ok(wrap), _) => wraps.push(wrap),
            (Err(failure), None) => failed = Some(refused(*service, call, failure)),
            (Err(failure), Some(Error::Service { reason, .. })) => {
                let other = refused(*service, call, failure);
                reason.push_str(&format!("; and {other}"));
            }
            (Err(_), Some(_)) => {}
        }
    }
    failed.map_or(Ok(wraps), Err)
}

/// What comes of `calls`, in their order.
async fn all<T>(calls: Vec<Pending<'_, T>>) -> Vec<Outcome<T>> {
    let mut outcomes: Vec<Option<Outcome<T>>> = calls.iter().map(|_| None).collect();
    let mut waiting = calls.into_iter().enumerate();
    let mut running: Vec<(usize, Pending<'_, T>)> = Vec::new();
    poll_fn(|context| {
        loop {
            running.extend(waiting.by_ref().take(AT_ONCE.saturating_sub(running.len())));
            let before = running.len();
            running.retain_mut(|(index, call)| match call.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(outcome) => {
                    if let Some(place) = outcomes.get_mut(*index) {
                        *place = Some(outcome);
                    }
                    false
                }
            });
            if running.is_empty() && waiting.len() == 0 {
                return Poll::Ready(());
            }
            if running.len() == before {
                return Poll::Pending;
            }
        }
    })
    .await;
    outcomes.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn calls_are_under_way_together_up_to_a_limit_and_end_in_their_order() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let (now, most) = (&now, &most);
        let call = |index: u64| -> Pending<'_, u64> {
            Box::pin(async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(20 - index)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                Ok(index)
            })
        };
        let outcomes = run(all((0..20).map(call).collect())).unwrap();
        assert_eq!(outcomes, (0..20).map(Ok).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), AT_ONCE);
        assert_eq!(run(all::<u64>(Vec::new())).unwrap(), []);
    }
}
