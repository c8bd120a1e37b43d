//! The mixer itself: frames of 20 ms, summed.

use std::time::{Duration, Instant};

use super::lane::Lane;
use crate::codec::SAMPLE_RATE;
use crate::source::{Player, ReturnPath, Source};

/// Mixes audio in frames of 20 ms: each party hears the sum of all others, never
/// itself. A sum beyond 16 bits is cut off there.
///
/// # Contract
/// - Inputs: [`put`](Self::put) whatever was received, in any portions; [`play`](Self::play) for
///   parties whose audio is made here.
/// - Output: [`take`](Self::take), which first mixes all frames that are due at `now`. Frame n is due
///   at the `now` of [`new`](Self::new) plus n times 20 ms; frames overdue by more than 100 ms are
///   left out.
/// - `now` never goes back by more than the callers' threads differ.
///
/// Parties may have different rates, and change them. The sum is made at the highest of them, so that
/// those who have wide audio hear each other so, and is brought to the rate of each listener.
///
/// On its way a voice waits in two small jitter buffers (40 to 200 ms each): before the sum, because
/// packets come unevenly, and behind it, because the listener's packets have a schedule of their own.
/// A party that brings nothing is silent. Nothing is allocated for a frame.
#[derive(Debug)]
pub struct Mixer {
    chairs: Vec<Chair>,
    last_seat: u64,
    next_frame: Instant,
    /// Samples per second of the sum.
    rate: u32,
    /// A party came, left, or changed its rate.
    is_stale: bool,
    total: Vec<i32>,
}

/// A place in a [`Mixer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seat(u64);

#[derive(Debug)]
struct Chair {
    seat: Seat,
    voice: Voicing,
    muted: bool,
    /// What it says in the frame that is mixed.
    frame: Vec<i16>,
}

#[derive(Debug)]
enum Voicing {
    /// A party elsewhere: what it said, and what it will hear.
    Heard { said: Box<Lane>, to_hear: Box<Lane> },
    /// Audio that is made here; it hears nothing.
    Played(Player),
}

impl Mixer {
    /// A mixer without parties whose first frame is due at `now`.
    pub fn new(now: Instant) -> Self {
        Self {
            chairs: Vec::new(),
            last_seat: 0,
            next_frame: now,
            rate: SAMPLE_RATE,
            is_stale: true,
            total: Vec::new(),
        }
    }

    /// A place for a party elsewhere.
    pub fn join(&mut self) -> Seat {
        self.seat(Voicing::Heard {
            said: Box::new(Lane::new(SAMPLE_RATE)),
            to_hear: Box::new(Lane::new(SAMPLE_RATE)),
        })
    }

    /// A place for audio that is made here.
    pub fn join_playing(&mut self, source: Source) -> Seat {
        self.seat(Voicing::Played(Player::alone(source, self.rate)))
    }

    fn seat(&mut self, voice: Voicing) -> Seat {
        self.last_seat += 1;
        let seat = Seat(self.last_seat);
        self.is_stale = true;
        self.chairs.push(Chair {
            seat,
            voice,
            muted: false,
            frame: Vec::new(),
        });
        seat
    }

    /// Gives a place back. Its party is neither heard nor hears any more.
    pub fn leave(&mut self, seat: Seat) {
        self.chairs.retain(|chair| chair.seat != seat);
        self.is_stale = true;
    }

    /// How many places are taken.
    pub fn seats(&self) -> usize {
        self.chairs.len()
    }

    /// Plays another source at a place of [`join_playing`](Self::join_playing). What only a session
    /// can play ([`Source::Echo`], [`Source::Live`], [`Source::Replay`]) is silence here.
    pub fn play(&mut self, seat: Seat, source: Source) {
        let rate = self.rate;
        if let Some(Voicing::Played(player)) = self.chair(seat).map(|chair| &mut chair.voice) {
            *player = Player::alone(source, rate);
        }
    }

    /// Whether audio that plays once has been played at a place of
    /// [`join_playing`](Self::join_playing).
    pub fn source_ended(&self, seat: Seat) -> bool {
        self.chairs.iter().any(|chair| {
            chair.seat == seat && matches!(&chair.voice, Voicing::Played(player) if player.ended())
        })
    }

    /// Whether the others hear silence from a place.
    pub fn set_muted(&mut self, seat: Seat, muted: bool) {
        if let Some(chair) = self.chair(seat) {
            chair.muted = muted;
        }
    }

    /// What the party of a place says, at this rate. Unknown places are ignored: their party has left.
    pub fn put(&mut self, seat: Seat, samples: &[i16], rate: u32) {
        let mut changed = false;
        if let Some(Voicing::Heard { said, .. }) = self.chair(seat).map(|chair| &mut chair.voice) {
            changed = said.set_rate(rate);
            said.push(samples);
        }
        self.is_stale |= changed;
    }

    /// Overwrites `out` with what the party of a place hears next at this rate, silence if there is
    /// nothing.
    pub fn take(&mut self, seat: Seat, now: Instant, out: &mut [i16], rate: u32) {
        let mut changed = false;
        if let Some(Voicing::Heard { to_hear, .. }) = self.chair(seat).map(|chair| &mut chair.voice)
        {
            changed = to_hear.set_rate(rate);
        }
        self.is_stale |= changed;
        self.advance(now);
        match self.chair(seat).map(|chair| &mut chair.voice) {
            Some(Voicing::Heard { to_hear, .. }) => to_hear.fill(out),
            Some(Voicing::Played(_)) | None => out.fill(0),
        }
    }

    fn chair(&mut self, seat: Seat) -> Option<&mut Chair> {
        self.chairs.iter_mut().find(|chair| chair.seat == seat)
    }

    /// Mixes the frames that are due.
    fn advance(&mut self, now: Instant) {
        if std::mem::take(&mut self.is_stale) {
            self.prepare();
        }
        let late = now.saturating_duration_since(self.next_frame);
        let too_late = late.saturating_sub(OVERDUE_MAX);
        if !too_late.is_zero() {
            let frames = too_late.as_nanos() / FRAME_LENGTH.as_nanos();
            let frames = u32::try_from(frames).unwrap_or(u32::MAX);
            self.next_frame += FRAME_LENGTH * frames;
            let skipped = u64::from(frames) * self.total.len() as u64;
            for chair in &mut self.chairs {
                if let Voicing::Played(player) = &mut chair.voice {
                    player.skip(skipped);
                }
            }
        }
        while self.next_frame <= now {
            self.mix(now);
            self.next_frame += FRAME_LENGTH;
        }
    }

    /// Makes all that depends on who is there and at what rates.
    fn prepare(&mut self) {
        let rates = self.chairs.iter().map(|chair| match &chair.voice {
            Voicing::Heard { said, to_hear } => said.rate().max(to_hear.rate()),
            Voicing::Played(_) => SAMPLE_RATE,
        });
        let rate = rates.max().unwrap_or(SAMPLE_RATE);
        self.rate = rate;
        let frame = (rate / FRAMES_PER_SECOND) as usize;
        self.total.resize(frame, 0);
        for chair in &mut self.chairs {
            chair.frame.resize(frame, 0);
            match &mut chair.voice {
                Voicing::Heard { said, to_hear } => {
                    said.convert_to(rate);
                    to_hear.convert_from(rate);
                }
                Voicing::Played(player) => player.set_rate(rate),
            }
        }
    }

    fn mix(&mut self, now: Instant) {
        self.total.fill(0);
        for chair in &mut self.chairs {
            match &mut chair.voice {
                Voicing::Heard { said, .. } => said.take_frame(&mut chair.frame),
                Voicing::Played(player) => {
                    player.fill(&mut chair.frame, &mut ReturnPath::default(), now);
                }
            }
            if chair.muted {
                chair.frame.fill(0);
            }
            for (total, &sample) in self.total.iter_mut().zip(&chair.frame) {
                *total += i32::from(sample);
            }
        }
        for chair in &mut self.chairs {
            if let Voicing::Heard { to_hear, .. } = &mut chair.voice {
                for (sample, &total) in chair.frame.iter_mut().zip(&self.total) {
                    let others = total - i32::from(*sample);
                    *sample = others.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16;
                }
                to_hear.put_frame(&chair.frame);
            }
        }
    }
}

const FRAME_LENGTH: Duration = Duration::from_millis(20);
pub(super) const FRAMES_PER_SECOND: u32 = 50;
/// Frames overdue by more than this are left out, as in the sessions.
const OVERDUE_MAX: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: usize = 160;

    struct Room {
        mixer: Mixer,
        now: Instant,
    }

    impl Room {
        fn new() -> Self {
            let now = Instant::now();
            let mixer = Mixer::new(now);
            Self { mixer, now }
        }

        /// Lets each party say its value for a while; gives the last sample that each hears.
        fn say(&mut self, parties: &[(Seat, i16)]) -> Vec<i16> {
            let mut heard = vec![0; parties.len()];
            for _ in 0..20 {
                for (seat, value) in parties {
                    self.mixer.put(*seat, &[*value; FRAME], 8000);
                }
                self.now += FRAME_LENGTH;
                for ((seat, _), last) in parties.iter().zip(&mut heard) {
                    let mut out = [0; FRAME];
                    self.mixer.take(*seat, self.now, &mut out, 8000);
                    *last = out[FRAME - 1];
                }
            }
            heard
        }
    }

    #[test]
    fn each_hears_the_sum_of_all_others() {
        let mut room = Room::new();
        let [a, b, c] = [(); 3].map(|()| room.mixer.join());
        assert_eq!(room.say(&[(a, 1), (b, 20), (c, 300)]), [320, 301, 21]);
        room.mixer.leave(b);
        assert_eq!(room.mixer.seats(), 2);
        assert_eq!(room.say(&[(a, 1), (b, 20), (c, 300)]), [300, 0, 1]);
    }

    #[test]
    fn a_sum_beyond_16_bits_is_cut_off() {
        let mut room = Room::new();
        let [a, b, c] = [(); 3].map(|()| room.mixer.join());
        let loud = room.say(&[(a, 30_000), (b, 30_000), (c, -1)]);
        assert_eq!(loud, [29_999, 29_999, i16::MAX]);
        let low = room.say(&[(a, -30_000), (b, -30_000), (c, 0)]);
        assert_eq!(low[2], i16::MIN);
    }

    #[test]
    fn who_is_muted_hears_and_is_not_heard() {
        let mut room = Room::new();
        let [a, b] = [(); 2].map(|()| room.mixer.join());
        room.mixer.set_muted(a, true);
        assert_eq!(room.say(&[(a, 5), (b, 7)]), [7, 0]);
        room.mixer.set_muted(a, false);
        assert_eq!(room.say(&[(a, 5), (b, 7)]), [7, 5]);
    }

    #[test]
    fn audio_that_is_played_here_is_heard_by_all() {
        let mut room = Room::new();
        let seat = room.mixer.join_playing(Source::repeated(vec![40]));
        let [a, b] = [(); 2].map(|()| room.mixer.join());
        assert_eq!(room.say(&[(a, 1), (b, 2)]), [42, 41]);
        room.mixer.play(seat, Source::once(vec![9; FRAME]));
        assert!(!room.mixer.source_ended(seat));
        assert_eq!(room.say(&[(a, 1), (b, 2)]), [2, 1]);
        assert!(room.mixer.source_ended(seat));
    }

    #[test]
    fn who_says_nothing_is_silent_and_a_long_pause_is_left_out() {
        let mut room = Room::new();
        let [a, b] = [(); 2].map(|()| room.mixer.join());
        assert_eq!(room.say(&[(a, 3), (b, 4)]), [4, 3]);
        room.now += Duration::from_hours(24 * 365);
        let mut out = [1; FRAME];
        // What was said before the pause is still on its way; then there is nothing.
        for _ in 0..20 {
            room.now += FRAME_LENGTH;
            room.mixer.take(a, room.now, &mut out, 8000);
        }
        assert_eq!(out, [0; FRAME]);
        assert_eq!(room.say(&[(a, 3), (b, 4)]), [4, 3]);
    }

    #[test]
    fn portions_of_any_length_are_mixed() {
        let mut room = Room::new();
        let [a, b] = [(); 2].map(|()| room.mixer.join());
        let mut heard = Vec::new();
        for step in 0..40 {
            room.mixer.put(a, &[8; 240], 8000);
            room.now += Duration::from_millis(30);
            let mut out = [0; 240];
            room.mixer.take(b, room.now, &mut out, 8000);
            if step > 5 {
                heard.extend(out);
            }
        }
        assert!(heard.iter().all(|sample| *sample == 8));
    }

    #[test]
    fn parties_of_all_rates_hear_each_other() {
        let mut room = Room::new();
        let rates = [8000, 16_000, 48_000, 44_100];
        let seats = rates.map(|_| room.mixer.join());
        let values = [1000, 200, 30, 4];
        let mut heard = [0; 4];
        for _ in 0..40 {
            for ((seat, rate), value) in seats.iter().zip(rates).zip(values) {
                let packet = vec![value; rate as usize / 50];
                room.mixer.put(*seat, &packet, rate);
            }
            room.now += FRAME_LENGTH;
            for ((seat, rate), last) in seats.iter().zip(rates).zip(&mut heard) {
                let mut out = vec![0; rate as usize / 50];
                room.mixer.take(*seat, room.now, &mut out, rate);
                *last = out[out.len() - 1];
            }
        }
        for (value, heard) in values.iter().zip(heard) {
            assert!(heard.abs_diff(1234 - value) <= 3, "{heard} beside {value}");
        }
        assert_eq!(room.mixer.rate, 48_000);
        // Without the wide ones it mixes as narrow as those who are left.
        room.mixer.leave(seats[2]);
        room.mixer.leave(seats[3]);
        room.mixer.leave(seats[1]);
        assert_eq!(room.say(&[(seats[0], 7)]), [0]);
        assert_eq!(room.mixer.rate, 8000);
    }

    #[test]
    fn who_goes_on_in_another_codec_stays_in_the_conversation() {
        let mut room = Room::new();
        let [a, b] = [(); 2].map(|()| room.mixer.join());
        assert_eq!(room.say(&[(a, 5), (b, 7)]), [7, 5]);
        let mut out = [0; 320];
        for _ in 0..40 {
            room.mixer.put(a, &[500; 320], 16_000);
            room.mixer.put(b, &[70; FRAME], 8000);
            room.now += FRAME_LENGTH;
            room.mixer.take(a, room.now, &mut out, 16_000);
            let mut narrow = [0; FRAME];
            room.mixer.take(b, room.now, &mut narrow, 8000);
        }
        assert!(out.iter().all(|sample| sample.abs_diff(70) <= 1), "{out:?}");
    }
}
