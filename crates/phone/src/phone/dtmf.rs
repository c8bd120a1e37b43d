//! DTMF: keys as telephone-events (RFC 4733), in INFO, or as tones in the audio.

use std::time::{Duration, Instant};

use gannet_media::{RtpSession, Source, info_body, plain_info_body, render, render_dtmf};
use gannet_sip::Method;
use gannet_ua::endpoint::Body;

use super::handle::Phone;
use crate::call::CallHandle;
use crate::digits::{DtmfWay, ReceivedKey};
use crate::error::PhoneError;
use crate::look::look_until;
use crate::media::CallMedia;

/// Between tones in the audio, long enough to tell equal keys apart.
const PAUSE: Duration = Duration::from_millis(100);
/// How often a wait looks for new keys: the length of a packet.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

impl Phone {
    /// Sends keys one after the other and waits until all are out; by INFO until each is accepted.
    /// Without a way they go as the profile says, else as telephone-events if both sides have them,
    /// else by INFO.
    ///
    /// # Errors
    /// If telephone-event was not agreed on, an INFO is refused, or time runs out.
    pub async fn send_dtmf(
        &self,
        call: CallHandle,
        keys: &[char],
        way: Option<DtmfWay>,
        length: Duration,
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        let media = self.media(call)?;
        let agreed = media
            .negotiated()
            .is_some_and(|negotiated| negotiated.telephone_event.is_some());
        let way = way.or(self.profile().dtmf.way).unwrap_or(if agreed {
            DtmfWay::Rfc4733
        } else {
            DtmfWay::Info
        });
        match way {
            DtmfWay::Rfc4733 if !agreed => Err(PhoneError::Unsendable {
                phone: self.name().to_owned(),
                request: "DTMF by RFC 4733".to_owned(),
                reason: "telephone-event was not agreed on".to_owned(),
            }),
            DtmfWay::Rfc4733 => self.send_events(&media, keys, length, deadline).await,
            DtmfWay::Info => self.send_infos(call, keys, length, deadline).await,
            DtmfWay::InBand => self.send_tones(&media, keys, length, deadline).await,
        }
    }

    async fn send_events(
        &self,
        media: &CallMedia,
        keys: &[char],
        length: Duration,
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        let gap = self.profile().dtmf.gap;
        media.set_dtmf_volume(self.profile().dtmf.volume);
        let mut keys_left = keys.iter();
        let mut next = keys_left.next();
        let mut free_at = Instant::now();
        let sent = look_until(deadline, LOOK_AGAIN, |now| {
            if let Some(gap) = gap {
                // The pause begins when the key before is out.
                if media.ask(RtpSession::dtmf_pending).unwrap_or(0) > 0 {
                    free_at = now + gap;
                } else if now >= free_at && next.is_some_and(|key| media.send_dtmf(*key, length)) {
                    next = keys_left.next();
                    free_at = now + gap;
                }
            }
            // As many as the session takes at once.
            while gap.is_none() && next.is_some_and(|key| media.send_dtmf(*key, length)) {
                next = keys_left.next();
            }
            let pending = media.ask(RtpSession::dtmf_pending).unwrap_or(0);
            let left = pending + usize::from(next.is_some()) + keys_left.len();
            if left == 0 { Ok(()) } else { Err(left) }
        });
        sent.await.map_err(|left| PhoneError::TimedOut {
            phone: self.name().to_owned(),
            waited_for: "the end of the DTMF keys".to_owned(),
            instead: format!("{left} of {} were not sent yet", keys.len()),
        })
    }

    /// Plays the keys in place of what the phone plays otherwise.
    async fn send_tones(
        &self,
        media: &CallMedia,
        keys: &[char],
        length: Duration,
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        let pause = self.profile().dtmf.gap.unwrap_or(PAUSE);
        let samples = render_dtmf(keys, length, pause).ok_or_else(|| PhoneError::Misuse {
            phone: self.name().to_owned(),
            problem: "a character is no DTMF key".to_owned(),
        })?;
        // Not right behind other audio: the first key needs its own begin.
        let lead = vec![0; render(&[], PAUSE).len()];
        let before = media.source();
        media.play(Source::once([lead, samples].concat()));
        let mut sent = false;
        while !sent && Instant::now() < deadline {
            let look_at = (Instant::now() + LOOK_AGAIN).min(deadline);
            tokio::time::sleep_until(look_at.into()).await;
            sent = media.source_ended();
        }
        media.play(before);
        if sent {
            return Ok(());
        }
        Err(PhoneError::TimedOut {
            phone: self.name().to_owned(),
            waited_for: "the end of the DTMF tones".to_owned(),
            instead: "they are not over".to_owned(),
        })
    }

    async fn send_infos(
        &self,
        call: CallHandle,
        keys: &[char],
        length: Duration,
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        let style = self.profile().dtmf;
        for (number, key) in keys.iter().enumerate() {
            if let Some(gap) = style.gap.filter(|_| number > 0) {
                tokio::time::sleep_until((Instant::now() + gap).min(deadline).into()).await;
            }
            let (content_type, text) = if style.plain_info {
                plain_info_body(*key)
            } else {
                info_body(*key, length)
            };
            let body = Body {
                content_type: content_type.to_owned(),
                bytes: text.into(),
            };
            let response = self
                .request_in_call(call, Method::Info, Vec::new(), Some(body), deadline)
                .await?;
            let code = response.status().unwrap_or_default();
            if !(200..300).contains(&code) {
                return Err(PhoneError::Refused {
                    phone: self.name().to_owned(),
                    request: format!("INFO with DTMF key {key}"),
                    code,
                    reason: response.reason().unwrap_or_default().to_owned(),
                });
            }
        }
        Ok(())
    }

    /// The keys that came in a call, oldest first, also after its end.
    pub fn received_dtmf(&self, call: CallHandle) -> Vec<ReceivedKey> {
        let media = self.media(call).ok();
        let heard = media.and_then(|media| {
            media.ask(|session| {
                let events = session.received_events().iter();
                let events = events.filter_map(|event| {
                    Some(ReceivedKey {
                        key: event.key?,
                        way: DtmfWay::Rfc4733,
                        at: event.at,
                        length: event.ended.then_some(event.duration),
                        volume: Some(event.volume),
                    })
                });
                let tones = session.listener().dtmf_keys().into_iter();
                let tones = tones.map(|heard| ReceivedKey {
                    key: heard.key,
                    way: DtmfWay::InBand,
                    at: heard.at,
                    length: Some(heard.length),
                    volume: None,
                });
                events.chain(tones).collect::<Vec<_>>()
            })
        });
        let state = self.state();
        let infos = state.call(call).map(|record| record.info_digits.iter());
        let infos = infos.into_iter().flatten().map(|digit| ReceivedKey {
            key: digit.key,
            way: DtmfWay::Info,
            at: digit.at,
            length: digit.length,
            volume: None,
        });
        let mut keys = heard.unwrap_or_default();
        keys.extend(infos);
        keys.sort_by_key(|key| key.at);
        keys
    }

    /// Waits until `look` finds something in the keys that came in a call.
    ///
    /// # Errors
    /// With the keys that came, if it found nothing until the deadline.
    pub async fn wait_dtmf<T>(
        &self,
        call: CallHandle,
        deadline: Instant,
        look: impl Fn(&[ReceivedKey]) -> Option<T>,
    ) -> Result<T, Vec<ReceivedKey>> {
        look_until(deadline, LOOK_AGAIN, |_| {
            let keys = self.received_dtmf(call);
            look(&keys).ok_or(keys)
        })
        .await
    }
}
