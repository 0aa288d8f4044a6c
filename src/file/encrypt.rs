//! From a plain text to an encrypted file.

use std::collections::HashSet;

use super::links;
use super::open::refuse_anchors;
use super::read::looks_like_token;
use super::{EncryptedFile, FileType, Recipe, Wrap, binary};
use crate::crypto::{self, DataKey, Eof, Epoch, FileId, Keys, LeafKind, Random, Tag, Token, TokenId};
use crate::document::{Cover, Document, Leaf, Span, Style, escape, position, splice};
use crate::envelope::{Envelope, Layout, MAX_RECIPIENTS, WrappedKey};
use crate::error::{Class, Error, Result};
use crate::format::{self, Format};
use crate::policy::Policy;
use crate::provider::recipient_of;

use super::decrypt::{ended, indentation};
use super::links::Paths;

/// A new encrypted file.
pub struct Sealed {
    /// Its bytes; they were opened again and gave the plain text, to the byte.
    pub bytes: Vec<u8>,
    /// The paths of values that were encrypted although they look like tokens: most likely they were encrypted before.
    pub look_alikes: Vec<String>,
    /// How many values are encrypted; a binary file counts as one.
    pub secrets: usize,
}

/// Encrypts `plain` under a fresh file id and `key`, wrapped by `wrap`.
///
/// # Errors
/// [`Error::AlreadyEncrypted`]; `syntax` and `limit` for what the format refuses; `token` for a plain value that looks
/// like a token; [`Error::Internal`] when the result does not open to `plain` again. Nothing is given out then.
pub fn seal(
    file_type: FileType,
    plain: Vec<u8>,
    recipe: &Recipe,
    key: DataKey,
    wrap: Wrap<'_>,
    random: &mut dyn Random,
) -> Result<Sealed> {
    let FileType::Text(format) = file_type else { return binary::seal(plain, recipe, key, wrap, random) };
    if recipe.policy.has_comments() && !format.has_secret_comments() {
        return Err(Error::Usage { what: format!("comments cannot be encrypted in {}", format.name()) });
    }
    let draft = Draft::new(format, plain, &recipe.policy, recipe.cover)?;
    let file_id = FileId::generate(random)?;
    let epoch = Epoch::generate(random)?;
    let keys = Keys::derive(&key, &file_id);
    let mut ids = Ids::default();
    let mut paths = Paths::default();
    let mut indents = Indents::default();
    let mut tokens = Vec::with_capacity(draft.secret.len());
    for (leaf, &is_secret) in draft.document.leaves().iter().zip(&draft.secret) {
        tokens.push(match is_secret {
            false => None,
            true => {
                let id = ids.draw(random)?;
                let (path, _) = paths.of(&draft.document, leaf);
                let indent = indents.of(format, &draft.document, leaf)?;
                Some(encrypt_leaf(&keys, random, id, &draft.document, leaf, indent, path)?)
            }
        });
    }
    let recipients = sorted(wrap(&file_id, &key)?)?;
    let envelope = new_envelope(recipe, &keys, file_id, epoch, draft.eof, recipients);
    let look_alikes = draft.look_alikes.clone();
    let secrets = draft.secret.iter().filter(|&&is_secret| is_secret).count();
    let body = draft.body(&tokens)?;
    let plain = draft.into_plain();
    let bytes = finish(format, body, tokens, envelope, &keys)?;
    Ok(Sealed { bytes: reopened(FileType::Text(format), bytes, key, &plain)?, look_alikes, secrets })
}

/// `bytes`, after they were read again as a stranger would and gave `plain`.
pub(super) fn reopened(file_type: FileType, bytes: Vec<u8>, key: DataKey, plain: &[u8]) -> Result<Vec<u8>> {
    let broken = |what: String| Error::Internal { what };
    let reopen = || -> Result<_> {
        let file = EncryptedFile::read(file_type, bytes)?.open(key)?;
        Ok((file.plain()?, file))
    };
    match reopen() {
        Ok((found, file)) if found == plain => Ok(file.into_bytes()),
        Ok(_) => Err(broken("the encrypted text does not decrypt to the same bytes".to_owned())),
        // Tokens are longer than values: what fitted may not fit any more.
        Err(error) if error.class() == Some(Class::Limit) => {
            Err(Error::refused(Class::Limit, None, "encrypted, it would be larger than a reader takes"))
        }
        Err(error) => Err(broken(format!("the encrypted text does not open again: {error}"))),
    }
}

/// The metadata of a new file; `end` and `head` are still to be drawn.
pub(super) fn new_envelope(
    recipe: &Recipe,
    keys: &Keys,
    file_id: FileId,
    epoch: Epoch,
    eof: Eof,
    recipients: Vec<WrappedKey>,
) -> Envelope {
    Envelope {
        end: Tag([0; 16]),
        eof,
        file_id,
        commit: keys.commit(),
        epoch,
        cover: recipe.cover,
        policy: recipe.policy.text().to_owned(),
        scope: recipe.scope.clone(),
        rotated: recipe.rotated.clone(),
        prev: None,
        head: [0; 32],
        recipients,
    }
}

/// `recipients` as a file holds them: sorted, no one twice.
///
/// # Errors
/// [`Error::Usage`] for none, and for two groups of one name with other members: a file has room for one of them.
/// [`Error::Refused`] with `limit` for too many.
pub(super) fn sorted(mut recipients: Vec<WrappedKey>) -> Result<Vec<WrappedKey>> {
    recipients.sort_by(|a, b| a.rid.as_bytes().cmp(b.rid.as_bytes()));
    let is_double =
        |pair: &[WrappedKey]| matches!(pair, [a, b] if a.rid == b.rid && recipient_of(a) != recipient_of(b));
    if let Some([double, _]) = recipients.windows(2).find(|&pair| is_double(pair)) {
        let what =
            format!("two different groups are called '{}'; name one of them anew", escape(&double.rid));
        return Err(Error::Usage { what });
    }
    recipients.dedup_by(|a, b| a.rid == b.rid);
    match recipients.len() {
        0 => Err(Error::Usage { what: "a file needs at least one recipient".to_owned() }),
        1..=MAX_RECIPIENTS => Ok(recipients),
        _ => Err(Error::refused(Class::Limit, None, format!("more than {MAX_RECIPIENTS} recipients"))),
    }
}

/// A plain text about to be sealed: its leaves chosen, its last line ended.
pub(super) struct Draft {
    pub format: &'static dyn Format,
    pub document: Document,
    /// By leaf.
    pub secret: Vec<bool>,
    pub eof: Eof,
    pub look_alikes: Vec<String>,
}

impl Draft {
    /// Parses `plain` and chooses its secret leaves.
    pub(super) fn new(
        format: &'static dyn Format,
        mut plain: Vec<u8>,
        policy: &Policy,
        cover: Cover,
    ) -> Result<Self> {
        // A carriage return at the very end stays alone, and is refused as one.
        let has_end = plain.is_empty() || plain.ends_with(b"\n") || plain.ends_with(b"\r");
        let is_open_ended = format.needs_line_end() && !has_end;
        let eof = if is_open_ended { Eof::Added } else { Eof::Kept };
        if is_open_ended {
            let line_break =
                String::from_utf8_lossy(plain.split_inclusive(|&b| b == b'\n').next().unwrap_or(&[]));
            let line_break = format::line_break(&line_break);
            plain.extend_from_slice(line_break.as_bytes());
        }
        let document = format::parse(format, plain)?;
        if document.block.is_some() {
            return Err(Error::AlreadyEncrypted);
        }
        if cover == Cover::Encrypted {
            refuse_anchors(&document)?;
        }
        let (mut secret, mut look_alikes) = (Vec::with_capacity(document.leaves().len()), Vec::new());
        let mut matcher = policy.matcher(&document);
        for leaf in document.leaves() {
            let is_comment = leaf.style == Style::Comment;
            let is_secret = if is_comment { policy.has_comments() } else { matcher.is_secret(leaf.node) };
            if looks_like_token(&document, leaf) {
                let shown = document.path_of(leaf.node);
                if !is_secret {
                    let at = position(document.source().as_bytes(), leaf.span.start as usize);
                    let what = format!("'{shown}' stays plain and looks like an encrypted value");
                    return Err(Error::refused(Class::Token, Some(at), what));
                }
                look_alikes.push(shown);
            }
            secret.push(is_secret);
        }
        drop(matcher);
        Ok(Self { format, document, secret, eof, look_alikes })
    }

    /// The plain text as it was given.
    pub(super) fn into_plain(self) -> Vec<u8> {
        ended(self.document.into_source(), self.eof).into_bytes()
    }

    /// The text with the tokens in it, parsed; its leaves are those of the plain text.
    pub(super) fn body(&self, tokens: &[Option<Token>]) -> Result<Document> {
        let texts: Vec<Option<String>> = tokens
            .iter()
            .zip(self.document.leaves())
            .map(|(token, leaf)| {
                let token = token.as_ref()?.to_string();
                Some(self.format.token_text(&self.document, leaf, &token))
            })
            .collect();
        let changes = self.document.leaves().iter().zip(&texts);
        let changes = changes.filter_map(|(leaf, text)| Some((leaf.span, text.as_deref()?)));
        let body = self.format.parse(splice(self.document.source(), changes))?;
        if body.leaves().len() != self.document.leaves().len() {
            return Err(Error::Internal { what: "the text with tokens reads differently".to_owned() });
        }
        Ok(body)
    }
}

/// Draws the links of `body` with `tokens` in it, then end and head, and attaches the block.
pub(super) fn finish(
    format: &dyn Format,
    mut body: Document,
    mut tokens: Vec<Option<Token>>,
    mut envelope: Envelope,
    keys: &Keys,
) -> Result<Vec<u8>> {
    draw(format, &mut body, &mut tokens, &mut envelope, keys)?;
    Ok(written(format, &body, &mut envelope, keys))
}

/// Draws the links of `tokens`, which stand in `body`, and the end of `envelope`.
pub(super) fn draw(
    format: &dyn Format,
    body: &mut Document,
    tokens: &mut [Option<Token>],
    envelope: &mut Envelope,
    keys: &Keys,
) -> Result<()> {
    let key = keys.link_key(
        format.code(),
        envelope.cover,
        &envelope.epoch,
        &envelope.policy,
        envelope.scope_text(),
    );
    let mut links = Vec::with_capacity(tokens.len());
    let end = links::draw(body, tokens, &key, envelope.cover, envelope.eof, |_, link| {
        links.push(link);
        Ok(())
    })?;
    let places: Vec<_> = body.leaves().iter().map(|leaf| body.place_of(leaf.content)).collect();
    let sealed = tokens.iter_mut().zip(places).filter_map(|(token, place)| Some((token.as_mut()?, place)));
    for ((token, place), link) in sealed.zip(links) {
        token.link = link;
        let text = token.to_string();
        let place = place.filter(|place| place.len() == text.len());
        let place =
            place.ok_or_else(|| Error::Internal { what: "a token is not where it was put".to_owned() })?;
        body.overwrite(place.start as usize, &text);
    }
    envelope.end = end;
    Ok(())
}

/// The text of `body` with the block of `envelope`, whose head is drawn here.
pub(super) fn written(format: &dyn Format, body: &Document, envelope: &mut Envelope, keys: &Keys) -> Vec<u8> {
    envelope.head = envelope.head_tag(keys);
    format.attach(body, &envelope.fields(Layout::Text)).into_bytes()
}

/// Encrypts the source text of `leaf`, whose indentation is as [`Indents::of`] says; the link is still to be drawn.
pub(super) fn encrypt_leaf(
    keys: &Keys,
    random: &mut dyn Random,
    id: TokenId,
    document: &Document,
    leaf: &Leaf,
    indent: Option<u16>,
    path: &[u8],
) -> Result<Token> {
    let kind = if leaf.style == Style::Comment { LeafKind::Comment } else { LeafKind::Scalar };
    let value = crypto::seal(keys, random, id, kind, indent, document.src(leaf.span), path)?;
    Ok(Token { value: value.into(), link: Tag([0; 16]) })
}

/// The indentations of the secret leaves of a plain text, as they are once tokens stand in their place.
///
/// All lines of a secret leaf are one line then: a leaf behind it, on its last line, starts on the line on which it starts.
#[derive(Default)]
pub(super) struct Indents {
    last: Option<(Span, usize)>,
}

impl Indents {
    /// The indentation of the line on which `leaf` starts; `None` when the leaf has no line break. To be asked for each
    /// secret leaf, in document order.
    ///
    /// # Errors
    /// `limit` for more than 65535 spaces.
    pub(super) fn of(
        &mut self,
        format: &dyn Format,
        document: &Document,
        leaf: &Leaf,
    ) -> Result<Option<u16>> {
        if !document.src(leaf.span).contains('\n') {
            return Ok(None);
        }
        if !format.is_indented() {
            return Ok(Some(0));
        }
        let before = &document.source()[..leaf.span.start as usize];
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let is_inside = |span: &Span| (span.start as usize) < line && line <= span.end as usize;
        let indent = match &self.last {
            Some((span, indent)) if is_inside(span) => *indent,
            _ => indentation(document.source(), leaf.span),
        };
        self.last = Some((leaf.span, indent));
        u16::try_from(indent).map(Some).map_err(|_| {
            let what = format!("'{}' is indented by more than 65535 spaces", document.path_of(leaf.node));
            Error::refused(Class::Limit, Some(position(document.source().as_bytes(), line)), what)
        })
    }
}

/// The token ids of a file under construction.
#[derive(Default)]
pub(super) struct Ids(HashSet<TokenId>);

impl Ids {
    /// Marks `id` as used.
    pub(super) fn keep(&mut self, id: &TokenId) {
        self.0.insert(*id);
    }

    /// A random id that is not in use.
    pub(super) fn draw(&mut self, random: &mut dyn Random) -> Result<TokenId> {
        let id = TokenId::generate(random, |id| self.0.contains(id))?;
        self.0.insert(id);
        Ok(id)
    }
}
