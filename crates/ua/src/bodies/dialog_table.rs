//! The dialogs of somebody, put together from the documents of a subscription (RFC 4235 4.3).

use std::collections::BTreeMap;

use super::dialog_info::{DialogEntry, DialogInfo};
use super::dialog_words::DialogStage;

/// Most dialogs that are kept; a document with more is taken as far as it fits.
const DIALOGS_MAX: usize = 1000;

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It was taken in.
    Yes,
    /// It is not newer than what is known, and was left out.
    Stale,
    /// It tells changes only and one before it is missing. It was taken in, but the picture is
    /// incomplete until the subscription is refreshed, which brings a full document.
    Gap,
}

/// What is known about the dialogs of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DialogTable {
    version: Option<u32>,
    dialogs: BTreeMap<String, DialogEntry>,
}

impl DialogTable {
    /// Nothing known yet; also the right thing after a new subscription, whose versions begin anew.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the next document. Dialogs that ended stay until the document after, so that one
    /// can see that they did.
    pub fn apply(&mut self, info: &DialogInfo) -> Applied {
        let mut applied = Applied::Yes;
        match self.version {
            Some(version) if info.version <= version => return Applied::Stale,
            Some(version) if !info.full && info.version > version.saturating_add(1) => {
                applied = Applied::Gap;
            }
            None if !info.full => applied = Applied::Gap,
            _ => {}
        }
        self.version = Some(info.version);
        if info.full {
            self.dialogs.clear();
        } else {
            self.dialogs
                .retain(|_, dialog| dialog.stage != DialogStage::Terminated);
        }
        for dialog in &info.dialogs {
            let known = self.dialogs.contains_key(&dialog.id);
            if known || self.dialogs.len() < DIALOGS_MAX {
                self.dialogs.insert(dialog.id.clone(), dialog.clone());
            }
        }
        applied
    }

    /// Adds what another notifier tells of the same target. Ids are a notifier's own (RFC 4235 4.1.2),
    /// so `origin` tells those of this one from all others.
    pub fn add(&mut self, origin: u64, other: &Self) {
        self.version = self.version.max(other.version);
        for (id, dialog) in &other.dialogs {
            if self.dialogs.len() >= DIALOGS_MAX {
                return;
            }
            self.dialogs
                .insert(format!("{origin} {id}"), dialog.clone());
        }
    }

    /// The version of the last document that was taken in.
    pub const fn version(&self) -> Option<u32> {
        self.version
    }

    /// The dialogs by id, those included that ended with the last document.
    pub fn dialogs(&self) -> impl Iterator<Item = &DialogEntry> {
        self.dialogs.values()
    }

    /// What a busy lamp shows: how far the dialog is that is farthest among the living, `Terminated`
    /// if the only ones that are left have just ended, `None` if there are none.
    pub fn lamp(&self) -> Option<DialogStage> {
        let stages = || self.dialogs.values().map(|dialog| dialog.stage);
        let living = stages().filter(|stage| *stage != DialogStage::Terminated);
        living.max().or_else(|| stages().next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(version: u32, full: bool, dialogs: &[(&str, DialogStage)]) -> DialogInfo {
        DialogInfo {
            version,
            full,
            entity: "sip:alice@example.com".into(),
            dialogs: dialogs
                .iter()
                .map(|(id, stage)| DialogEntry::new(*id, *stage))
                .collect(),
            others: Vec::new(),
        }
    }

    #[test]
    fn what_several_notifiers_tell_is_one_picture() {
        let of = |stage| {
            let mut table = DialogTable::new();
            table.apply(&info(0, true, &[("1", stage)]));
            table
        };
        let mut table = of(DialogStage::Early);
        table.add(1, &of(DialogStage::Terminated));
        assert_eq!(table.lamp(), Some(DialogStage::Early));
        table.add(2, &of(DialogStage::Confirmed));
        assert_eq!(table.lamp(), Some(DialogStage::Confirmed));
        assert_eq!(table.dialogs().count(), 3);
    }

    #[test]
    fn full_and_partial_documents_make_one_picture() {
        let mut table = DialogTable::new();
        assert_eq!(table.apply(&info(0, true, &[])), Applied::Yes);
        assert_eq!(table.lamp(), None);
        table.apply(&info(1, false, &[("a", DialogStage::Early)]));
        assert_eq!(table.lamp(), Some(DialogStage::Early));
        table.apply(&info(2, false, &[("b", DialogStage::Confirmed)]));
        table.apply(&info(3, false, &[("a", DialogStage::Terminated)]));
        assert_eq!(table.lamp(), Some(DialogStage::Confirmed));
        assert_eq!(table.dialogs().count(), 2);
        table.apply(&info(4, false, &[("b", DialogStage::Terminated)]));
        assert_eq!(table.dialogs().count(), 1, "the other one is forgotten");
        assert_eq!(table.lamp(), Some(DialogStage::Terminated));
        table.apply(&info(5, true, &[]));
        assert_eq!((table.lamp(), table.version()), (None, Some(5)));
    }

    #[test]
    fn old_documents_are_left_out_and_gaps_are_told() {
        let mut table = DialogTable::new();
        let early = [("a", DialogStage::Early)];
        assert_eq!(table.apply(&info(7, false, &early)), Applied::Gap);
        assert_eq!(table.apply(&info(7, true, &[])), Applied::Stale);
        assert_eq!(table.lamp(), Some(DialogStage::Early));
        assert_eq!(table.apply(&info(9, false, &[])), Applied::Gap);
        assert_eq!(table.apply(&info(12, true, &[])), Applied::Yes);
        assert_eq!(table.lamp(), None);
    }

    /// RFC 4235 4.2 in shape, with what it allows beside.
    const FULL: &str = r#"<?xml version="1.0"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="3" state="full"
    entity="sip:alice@example.com">
  <dialog id="as7d900as8" call-id="a84b4c76e66710" local-tag="1928301774"
      remote-tag="hh76a" direction="initiator">
    <state event="rejected" code="486">terminated</state>
    <duration>274</duration>
    <replaces call-id="x" local-tag="y" remote-tag="z"/>
    <referred-by display="Bob">sip:bob@example.com</referred-by>
    <local>
      <identity display="Alice &amp; Co">sip:alice@example.com</identity>
      <target uri="sip:alice@pc33.example.com">
        <param pname="+sip.rendering" pval="no"/>
      </target>
      <cseq>4</cseq>
    </local>
    <remote><identity>sip:bob@example.org</identity></remote>
  </dialog>
</dialog-info>"#;

    #[test]
    fn documents_are_read_and_written() {
        let info = DialogInfo::parse(FULL.as_bytes()).expect("good");
        assert!(info.full && info.version == 3);
        let dialog = &info.dialogs[0];
        assert_eq!(dialog.stage, DialogStage::Terminated);
        assert_eq!(dialog.code, Some(486));
        assert_eq!(dialog.duration_s, Some(274));
        assert_eq!(dialog.others[0].name, "referred-by");
        let local = dialog.local.as_ref().expect("there");
        assert_eq!(local.display.as_deref(), Some("Alice & Co"));
        assert_eq!(local.target_params[0].1, "no");
        let written = info.to_xml();
        assert_eq!(DialogInfo::parse(written.as_bytes()).expect(&written), info);
    }

    #[test]
    fn documents_without_meaning_are_refused() {
        let table = [
            (
                "<dialog-info state='full' entity='a'/>",
                "<dialog-info> has no usable version",
            ),
            (
                "<dialog-info version='-1' state='full' entity='a'/>",
                "<dialog-info> has no usable version (found \"-1\")",
            ),
            (
                "<dialog-info version='1' state='half' entity='a'/>",
                "<dialog-info> has no usable state (found \"half\")",
            ),
            (
                "<dialog-info version='1' state='full' entity='a'><dialog/></dialog-info>",
                "<dialog> has no usable id",
            ),
            (
                "<dialog-info version='1' state='full' entity='a'><dialog id='1'><state>gone</state></dialog></dialog-info>",
                "<dialog> has no usable state (found \"gone\")",
            ),
        ];
        for (text, expected) in table {
            let error = DialogInfo::parse(text.as_bytes()).expect_err(text);
            assert_eq!(error.to_string(), expected);
        }
    }
}
