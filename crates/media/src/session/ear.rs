//! Where received audio goes: the timeline, a recording, and back.

use std::time::{Duration, Instant};

use crate::codec::{Codec, Decoder};
use crate::listen::{Analyser, Arrived, Assembler, Listener, Portion, Recorder, Tap, units_of};
use crate::source::ReturnPath;

/// Where audio in order goes.
#[derive(Debug)]
pub(super) struct Ear {
    pub(super) listener: Listener,
    analyser: Analyser,
    pub(super) recorder: Option<Recorder>,
    pub(super) tap: Tap,
    samples: Vec<i16>,
}

/// A stream on its way from packets in order to the timeline.
#[derive(Debug)]
pub(super) struct Hearing {
    decoder: Option<Decoder>,
    pub(super) assembler: Assembler,
    pub(super) undecodable: u64,
    /// Packets that were decoded, and how much audio that was on the timeline.
    pub(super) decoded: (u64, u64),
}

impl Hearing {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            decoder: None,
            assembler: Assembler::new(now),
            undecodable: 0,
            decoded: (0, 0),
        }
    }
}

impl Ear {
    /// An ear that has heard nothing, whose timeline is so long, and the sound that it keeps.
    pub(super) fn new(kept: Duration, sound_kept: Duration, now: Instant) -> Self {
        Self {
            listener: Listener::new(now, kept),
            analyser: Analyser::new(),
            recorder: None,
            tap: Tap::new(sound_kept),
            samples: Vec::new(),
        }
    }

    /// Brings audio that waited for more to the timeline.
    pub(super) fn flush(&mut self, now: Instant, hearing: &mut Hearing) {
        let Self {
            listener, analyser, ..
        } = self;
        hearing
            .assembler
            .flush(now, analyser, &mut |block| listener.add(block));
    }

    /// Takes in a packet in its turn.
    pub(super) fn hear(
        &mut self,
        codec: Codec,
        packet: &Arrived<'_>,
        hearing: &mut Hearing,
        path: &mut ReturnPath,
    ) {
        let decoder = match &mut hearing.decoder {
            Some(decoder) if decoder.codec() == codec => decoder,
            // The first packet, or the sender goes on in another of the agreed codecs.
            decoder => decoder.insert(Decoder::new(codec)),
        };
        self.samples.clear();
        if !decoder.decode(packet.payload, &mut self.samples) {
            hearing.undecodable += 1;
            return;
        }
        let Self {
            listener,
            analyser,
            recorder,
            tap,
            samples,
        } = self;
        let rate = codec.sample_rate();
        hearing.decoded.0 += 1;
        hearing.decoded.1 += units_of(samples.len() as i64, rate) as u64;
        let portion = Portion {
            codec,
            timestamp: packet.timestamp,
            position: listener.position(packet.at),
            arrived: packet.at,
            samples,
        };
        let begin = hearing
            .assembler
            .push(&portion, analyser, &mut |block| listener.add(block));
        if let Some(recorder) = recorder {
            recorder.push(begin, samples, rate);
        }
        tap.push((begin, portion.position), samples, rate);
        path.push(samples, rate);
    }
}
