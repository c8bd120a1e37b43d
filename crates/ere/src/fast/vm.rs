use smallvec::SmallVec;

use super::effort::{Effort, Exhausted};
use super::lower::WATCHED_MAX;
use super::program::{Fork, Program, Step};
use super::run::{Extent, Run};
use crate::captures::{Captures, GROUPS_MAX, UNSET};

/// How many choices and notes are kept before libc takes over. More would allocate, as they do where
/// nobody can take over.
const FRAMES_MAX: usize = 32;

/// What to return to when a parse fails, or has succeeded and another may end farther.
#[derive(Clone, Copy)]
enum Frame {
    /// Go on there.
    Fork { step: u32, at: u32 },
    /// Let the run end before `at`, but not before `low`.
    Run { step: u32, low: u32, at: u32 },
    /// Restore a note of a group.
    Note { group: u8, side: u8, old: u32 },
}

/// What outlives one start position.
pub(super) struct Visits([u32; WATCHED_MAX]);

impl Visits {
    pub(super) fn new() -> Self {
        Self([UNSET; WATCHED_MAX])
    }
}

/// The state of one search from one start position.
struct Machine<'a> {
    haystack: &'a [u8],
    frames: SmallVec<[Frame; FRAMES_MAX]>,
    notes: [[u32; 2]; GROUPS_MAX],
    /// End of the best parse.
    best: Option<usize>,
}

impl Program {
    /// The longest match that starts at `start`, with its groups in `captures`.
    pub(super) fn match_at(
        &self,
        haystack: &[u8],
        start: usize,
        captures: &mut Captures,
        visits: &mut Visits,
        effort: &mut Effort,
    ) -> Result<bool, Exhausted> {
        let mut machine = Machine {
            haystack,
            frames: SmallVec::new(),
            notes: [[UNSET; 2]; GROUPS_MAX],
            best: None,
        };
        machine.notes[0][0] = start as u32;
        effort.take(1)?;
        let (mut step, mut at) = (0, start);
        loop {
            let alive = self.advance(&mut machine, &mut step, &mut at, visits, effort)?;
            if alive {
                // `advance` stops alive only at a match.
                if machine.best.is_none_or(|best| at > best) {
                    machine.best = Some(at);
                    machine.notes[0][1] = at as u32;
                    captures.slots = machine.notes;
                }
                let farthest = haystack
                    .get(at)
                    .is_none_or(|&byte| !self.reach.contains(byte));
                if farthest {
                    return Ok(true);
                }
            }
            match machine.back(self) {
                Some(place) => (step, at) = place,
                None => return Ok(machine.best.is_some()),
            }
            effort.take(1)?;
        }
    }

    /// Follows the preferred way until it fails (false) or matches (true).
    #[inline]
    fn advance(
        &self,
        machine: &mut Machine<'_>,
        step: &mut usize,
        position: &mut usize,
        visits: &mut Visits,
        effort: &mut Effort,
    ) -> Result<bool, Exhausted> {
        let haystack = machine.haystack;
        let mut at = *position;
        let mut pc = *step;
        loop {
            match &self.steps[pc] {
                Step::Masked(masked) => {
                    if !masked.matches(haystack, at) {
                        return Ok(false);
                    }
                    at += masked.len();
                }
                Step::Byte(set) => {
                    if !haystack.get(at).is_some_and(|&byte| set.contains(byte)) {
                        return Ok(false);
                    }
                    at += 1;
                }
                Step::Run(run) => match machine.run(run, pc, at, effort)? {
                    Some(end) => at = end,
                    None => return Ok(false),
                },
                Step::Open(group) => machine.note(*group, 0, at, effort)?,
                Step::Close(group) => machine.note(*group, 1, at, effort)?,
                Step::Fork(fork) => {
                    pc = machine.fork(fork, at, effort)?;
                    continue;
                }
                Step::Jump(to) => {
                    pc = *to as usize;
                    continue;
                }
                Step::Once(place) => {
                    let seen = &mut visits.0[usize::from(*place)];
                    if std::mem::replace(seen, at as u32) == at as u32 {
                        return Ok(false);
                    }
                }
                Step::LineStart => {
                    if !(at == 0 || self.newline && haystack[at - 1] == b'\n') {
                        return Ok(false);
                    }
                }
                Step::LineEnd => {
                    if !(at == haystack.len() || self.newline && haystack[at] == b'\n') {
                        return Ok(false);
                    }
                }
                Step::Match => {
                    *position = at;
                    return Ok(true);
                }
            }
            pc += 1;
        }
    }
}

impl Machine<'_> {
    #[inline]
    fn push(&mut self, frame: Frame, effort: &Effort) -> Result<(), Exhausted> {
        if self.frames.len() == FRAMES_MAX && effort.is_limited() {
            return Err(Exhausted);
        }
        self.frames.push(frame);
        Ok(())
    }

    /// Takes as many bytes as there are, and tells where they end.
    #[inline]
    fn run(
        &mut self,
        run: &Run,
        step: usize,
        at: usize,
        effort: &mut Effort,
    ) -> Result<Option<usize>, Exhausted> {
        let Extent { end, stops } = run.extent(self.haystack, at);
        let low = at + run.min;
        if end < low {
            return Ok(None);
        }
        effort.take(end - at)?;
        if stops && end > low {
            let (step, low, at) = (step as u32, low as u32, end as u32);
            self.push(Frame::Run { step, low, at }, effort)?;
        }
        Ok(Some(end))
    }

    /// The step to go on with, out of two.
    #[inline]
    fn fork(&mut self, fork: &Fork, at: usize, effort: &mut Effort) -> Result<usize, Exhausted> {
        effort.take(1)?;
        let next = self.haystack.get(at);
        if !fork.first_look.allows(next) {
            return Ok(fork.second as usize);
        }
        if fork.second_look.allows(next) {
            let (step, at) = (fork.second, at as u32);
            self.push(Frame::Fork { step, at }, effort)?;
        }
        Ok(fork.first as usize)
    }

    #[inline]
    fn note(&mut self, group: u8, side: u8, at: usize, effort: &Effort) -> Result<(), Exhausted> {
        let note = &mut self.notes[usize::from(group)][usize::from(side)];
        let old = std::mem::replace(note, at as u32);
        // Without a choice to return to there is nobody to restore it for.
        if self.frames.is_empty() {
            return Ok(());
        }
        self.push(Frame::Note { group, side, old }, effort)
    }

    /// The next place to go on from: step and position.
    fn back(&mut self, program: &Program) -> Option<(usize, usize)> {
        while let Some(frame) = self.frames.pop() {
            match frame {
                Frame::Note { group, side, old } => {
                    self.notes[usize::from(group)][usize::from(side)] = old;
                }
                Frame::Fork { step, at } => return Some((step as usize, at as usize)),
                Frame::Run { step, low, at } => {
                    let Step::Run(run) = &program.steps[step as usize] else {
                        unreachable!("only runs push this frame");
                    };
                    let text = &self.haystack[low as usize..at as usize];
                    if let Some(stop) = run.last_stop(text) {
                        let at = low + stop as u32;
                        if at > low {
                            self.frames.push(Frame::Run { step, low, at });
                        }
                        return Some((step as usize + 1, at as usize));
                    }
                }
            }
        }
        None
    }
}
