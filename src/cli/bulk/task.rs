//! What a command asks for, as recipients: names looked up, groups found.

use super::{Errand, Place, Wish};
use crate::cli::context::Context;
use crate::cli::readers::Reader;
use crate::document::escape;
use crate::error::{Error, Result};
use crate::provider::threshold::{has_share, is_same_group, name_of, rid_of};
use crate::rotation::{Plan, Rids, Selection, Target, Task};

impl Errand<'_> {
    /// The task, and the recipients in it that the user typed themselves.
    pub(super) fn task(
        &self,
        context: &Context,
        place: &Place,
        targets: &[Target],
        selection: &mut Selection,
    ) -> Result<(Task, Rids)> {
        let (add, remove) = match self.wish {
            Wish::Policy => return Ok((Task::Policy, Rids::new())),
            Wish::Rule => return Ok((Task::Rule, Rids::new())),
            Wish::Rotate => return Ok((Task::Rotate, Rids::new())),
            Wish::Stale => return Ok((Task::Stale, Rids::new())),
            Wish::Change { add, remove } => (add, remove),
        };
        let typed = add.iter().filter_map(|word| crate::provider::recipient(word).ok()).collect();
        let mut found: Option<(Rids, Rids)> = None;
        for config in self.configs(place, targets, selection)? {
            let rids = |words: &[String]| -> Result<Rids> {
                let words = context.without_aliases(words)?;
                Ok(Reader::named(&words, config.as_deref())?.into_iter().map(|reader| reader.rid).collect())
            };
            // Whoever leaves may be a group that only the files know the members of.
            let is_group = |word: &&String| name_of(word).is_some() && !word.contains(' ');
            let (groups, others): (Vec<_>, Vec<_>) = remove.iter().cloned().partition(|word| is_group(&word));
            let mut leaving = rids(&others)?;
            leaving.extend(groups);
            let now = (rids(add)?, leaving);
            if found.as_ref().is_some_and(|found| *found != now) {
                let what = "a name stands for different recipients in the dekko.toml of these files; name the \
                            recipients themselves";
                return Err(Error::Usage { what: what.to_owned() });
            }
            found = Some(now);
        }
        let (add, remove) = found.unwrap_or_default();
        if !add.is_disjoint(&remove) {
            return Err(Error::Usage { what: "the same recipient cannot come and leave".to_owned() });
        }
        Ok((Task::Change { add, remove }, typed))
    }

    /// Refuses to remove somebody who is a recipient of none of the files: most likely the wrong one was named.
    pub(super) fn check_leaving(&self, task: &Task, plan: &Plan) -> Result<()> {
        let Task::Change { remove, .. } = task else { return Ok(()) };
        if plan.files.iter().any(|planned| planned.found.is_err()) {
            return Ok(());
        }
        let leaves = |rid: &String| {
            let mut steps = plan.files.iter().filter_map(|planned| planned.found.as_ref().ok());
            steps.any(|found| {
                let mut removed = found.step.removed.iter();
                removed.any(|left| left == rid || rid_of(left) == rid || is_same_group(left, rid))
            })
        };
        let Some(stranger) = remove.iter().find(|rid| !leaves(rid)) else { return Ok(()) };
        let recipient = Reader::of(stranger, None).key();
        let readers = plan.readers();
        let mut groups = readers.iter().filter(|reader| has_share(reader, stranger));
        if let Some(group) = groups.next().and_then(|group| name_of(group)) {
            let group = escape(group);
            let reason = format!(
                "is a recipient only as a member of the group '{group}', which has to be split anew without them: change it \
                 in dekko.toml, then 'dekko recipients add FILE {group}'; nothing was changed"
            );
            return Err(Error::Recipient { recipient, reason });
        }
        Err(match &plan.files[..] {
            [only] => {
                let reason = "is no recipient of the file; nothing was changed".to_owned();
                Error::Recipient { recipient, reason }.in_file(&only.target.path)
            }
            _ => {
                let reason = "is a recipient of none of these files; nothing was changed".to_owned();
                Error::Recipient { recipient, reason }
            }
        })
    }
}
