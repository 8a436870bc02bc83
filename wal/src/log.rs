//! The log as the node's loop uses it: fill a frame, append it, hear of it once it is durable, release it.
//!
//! A frame goes round: `begin` → filling → `append` → in flight → durable → `next_durable` → handed out → `release`.
//! Each has one of K buffers, taken in turn, and stays in it throughout: what is applied are the very bytes that were
//! written.

use std::time::Duration;

use zerocopy::little_endian::{U16, U32, U64, U128};

use crate::disk::{Completion, Disk, Durability, Progress, Waker, Write};
use crate::error::{AppendFault, Fault, LogError};
use crate::frame::{self, FRAME_HEADER_BYTES, FrameHeader};
use crate::options::LogOptions;
use crate::segment::{Measures, SEGMENT_HEADER_BYTES, SegmentHeader};

/// An open log. It lives and dies on the thread that opened it.
pub struct Log<D> {
    disk: D,
    apply_version: u16,
    measures: Measures,
    head: Head,
    place: Place,
    /// One per buffer; frame `n` of this run uses slot `n % K`.
    slots: Box<[Slot]>,
    /// Frames of this run that were appended, of these the contiguous prefix that is durable, and of these those
    /// that `next_durable` has passed.
    appended: u64,
    durable: u64,
    handed: u64,
    durable_to: u64,
    /// Whether the last frame already proves that the last tick was durable.
    is_marked: bool,
    fault: Option<AppendFault>,
}

/// The last frame appended: what the next one continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub epoch: u64,
    pub tick: u64,
    pub time: u64,
    pub applied: (u64, u64),
    pub link: [u8; 32],
}

/// Where the next frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub segment: u64,
    pub offset: u64,
    /// Where the segment ends; if not before `offset`, the next frame opens a new segment.
    pub end: u64,
}

/// Whether bets can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// There is room, and more in the making.
    Open,
    /// The disk has no room for another segment. What is left is for operator commands and due work.
    Full,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Free,
    Filling,
    InFlight,
    Durable,
    Handed,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    stage: Stage,
    is_mark: bool,
    count: u32,
    body_len: usize,
    padded: usize,
    tick: u64,
    time: u64,
    segment: u64,
    offset: u64,
}

const FREE: Slot = Slot {
    stage: Stage::Free,
    is_mark: false,
    count: 0,
    body_len: 0,
    padded: 0,
    tick: 0,
    time: 0,
    segment: 0,
    offset: 0,
};

/// The frame being filled: commands go straight into the bytes that will be written.
#[derive(Debug)]
pub struct FrameBuffer<'a> {
    body: &'a mut [u8],
    len: &'a mut usize,
    count: &'a mut u32,
}

impl FrameBuffer<'_> {
    /// Adds one command; false, and nothing is added, if it does not fit.
    pub fn push(&mut self, command: &[u8]) -> bool {
        self.push_many(command, 1)
    }

    /// Adds `count` commands that lie back to back; false, and nothing is added, if they do not all fit.
    pub fn push_many(&mut self, commands: &[u8], count: u32) -> bool {
        if commands.len() > self.room() {
            return false;
        }
        self.body[*self.len..][..commands.len()].copy_from_slice(commands);
        *self.len += commands.len();
        *self.count += count;
        true
    }

    /// Bytes of the commands added.
    pub fn len(&self) -> usize {
        *self.len
    }

    /// Commands added.
    pub fn count(&self) -> u32 {
        *self.count
    }

    /// Whether no command was added.
    pub fn is_empty(&self) -> bool {
        *self.count == 0
    }

    /// Bytes that still fit.
    pub fn room(&self) -> usize {
        self.body.len() - *self.len
    }
}

/// A tick that is durable, and all before it. Its buffer is held until [`Log::release`].
#[derive(Debug, PartialEq, Eq)]
pub struct DurableFrame {
    slot: usize,
    /// Number of the tick.
    pub tick: u64,
    /// Its time, in nanoseconds since 1970.
    pub time: u64,
    /// Commands in it.
    pub count: u32,
}

impl<D: Disk> Log<D> {
    /// A log that goes on behind `head`, at `place`. It must write its epoch frame before anything else.
    pub(crate) fn resume(
        disk: D,
        options: &LogOptions,
        measures: Measures,
        head: Head,
        place: Place,
    ) -> Log<D> {
        Log {
            disk,
            apply_version: options.apply_version,
            measures,
            head,
            place,
            slots: vec![FREE; options.frames_in_flight_max].into_boxed_slice(),
            appended: 0,
            durable: 0,
            handed: 0,
            durable_to: head.tick,
            is_marked: false,
            fault: None,
        }
    }

    /// The frame being filled, a new one if there is none; `None` while every buffer is in flight or handed out.
    pub fn begin(&mut self) -> Option<FrameBuffer<'_>> {
        let index = self.next_slot();
        let slot = &mut self.slots[index];
        if slot.stage == Stage::Free {
            *slot = Slot { stage: Stage::Filling, ..FREE };
        }
        if slot.stage != Stage::Filling {
            return None;
        }
        Some(FrameBuffer {
            body: &mut self.disk.buffer_mut(index)[FRAME_HEADER_BYTES..],
            len: &mut slot.body_len,
            count: &mut slot.count,
        })
    }

    /// Seals the frame begun as this tick and hands it to the disk, without waiting. A frame without commands is a
    /// tick too: due work.
    ///
    /// `tick` follows the last one, `time` (nanoseconds since 1970) lies after the last one's, and `applied` is the
    /// last tick applied and the digest of the state after it. Panics if these are wrong or no frame was begun.
    pub fn append(&mut self, tick: u64, time: u64, applied: (u64, u64)) -> Result<(), LogError> {
        self.check()?;
        assert_eq!(tick, self.head.tick + 1, "ticks are appended in order");
        assert!(time > self.head.time, "time moves on with every tick");
        assert!(applied.0 <= self.durable_to, "only what is durable is applied");
        assert_eq!(self.slots[self.next_slot()].stage, Stage::Filling, "begin a frame before appending it");
        self.submit(frame::TICK, Head { tick, time, applied, ..self.head })
    }

    /// Writes the empty frame that proves that the last tick was durable. Does nothing if the last frame proves it
    /// already. Panics unless every tick is durable and no command waits in a frame begun.
    pub fn close_mark(&mut self, applied: (u64, u64)) -> Result<(), LogError> {
        self.check()?;
        if self.is_marked {
            return Ok(());
        }
        assert_eq!(self.in_flight(), 0, "the closing mark is written when nothing is in flight");
        self.mark(Head { applied, ..self.head })
    }

    /// Takes note of the writes that have ended. Never blocks. An error is for ever.
    pub fn reap(&mut self) -> Result<(), LogError> {
        self.check()?;
        let Log { disk, slots, .. } = self;
        let mut failed: Option<(usize, Fault)> = None;
        disk.reap(&mut |Completion { buffer, result }| {
            let slot = &mut slots[buffer];
            assert_eq!(slot.stage, Stage::InFlight, "a write ends once");
            match result {
                Ok(written) if written == slot.padded => slot.stage = Stage::Durable,
                Ok(written) => {
                    failed = failed.or(Some((buffer, Fault::Short { written, expected: slot.padded })))
                }
                Err(errno) => failed = failed.or(Some((buffer, Fault::Refused(errno)))),
            }
        });
        if let Some((buffer, fault)) = failed {
            let Slot { segment, offset, tick, .. } = self.slots[buffer];
            self.fault = Some(AppendFault { file: self.disk.file(segment), offset, tick, fault });
        }
        // Writes end in any order. A tick is durable only when every frame before it is: recovery stops at the first
        // gap, and would cut what lies behind it.
        while self.durable < self.appended {
            let slot = &self.slots[self.slot_of(self.durable)];
            if slot.stage != Stage::Durable {
                break;
            }
            self.durable_to = slot.tick;
            self.durable += 1;
        }
        self.check()
    }

    /// The next tick of the durable prefix, in order; call [`Log::reap`] before.
    pub fn next_durable(&mut self) -> Option<DurableFrame> {
        while self.handed < self.durable {
            let index = self.slot_of(self.handed);
            self.handed += 1;
            let slot = &mut self.slots[index];
            if slot.is_mark {
                slot.stage = Stage::Free;
                continue;
            }
            slot.stage = Stage::Handed;
            return Some(DurableFrame { slot: index, tick: slot.tick, time: slot.time, count: slot.count });
        }
        None
    }

    /// The tick's commands, back to back, in the buffer they were pushed into.
    pub fn commands(&self, frame: &DurableFrame) -> &[u8] {
        let slot = &self.slots[frame.slot];
        assert!(slot.stage == Stage::Handed && slot.tick == frame.tick, "the frame is of another log");
        &self.disk.buffer(frame.slot)[FRAME_HEADER_BYTES..][..slot.body_len]
    }

    /// Gives the tick's buffer back, once it is applied.
    pub fn release(&mut self, frame: DurableFrame) {
        let slot = &mut self.slots[frame.slot];
        assert!(slot.stage == Stage::Handed && slot.tick == frame.tick, "the frame is of another log");
        slot.stage = Stage::Free;
    }

    /// Blocks until a write ends, a waker wakes or the timeout passes; may return early.
    pub fn wait(&mut self, timeout: Option<Duration>) -> Result<(), LogError> {
        self.check()?;
        if self.handed < self.durable {
            return Ok(());
        }
        self.disk.wait(timeout).map_err(|source| self.trouble("wait for", source))
    }

    /// Ends a wait from another thread.
    pub fn waker(&self) -> Waker {
        self.disk.waker()
    }

    /// Frames appended that are not yet part of the durable prefix.
    pub fn in_flight(&self) -> usize {
        (self.appended - self.durable) as usize
    }

    /// Number of the last tick appended, by this run or before it; zero in a fresh log.
    pub fn last_tick(&self) -> u64 {
        self.head.tick
    }

    /// Every tick to this one is durable.
    pub fn durable_to(&self) -> u64 {
        self.durable_to
    }

    /// Whether bets can be taken.
    pub fn status(&self) -> Status {
        let made = self.disk.preparation();
        match (made.next, made.reserve) {
            (Progress::Failed(_), _) | (_, Progress::Failed(_)) => Status::Full,
            _ => Status::Open,
        }
    }

    /// The log's identity.
    pub fn cluster(&self) -> u128 {
        self.measures.cluster
    }

    /// How frames are written, for logs and metrics.
    pub fn disk_name(&self) -> &'static str {
        self.disk.name()
    }

    /// The disk below.
    pub fn disk(&self) -> &D {
        &self.disk
    }

    /// Writes a mark, which takes the next buffer.
    pub(crate) fn mark(&mut self, head: Head) -> Result<(), LogError> {
        let index = self.next_slot();
        let slot = &mut self.slots[index];
        let is_free = slot.stage == Stage::Free || (slot.stage == Stage::Filling && slot.body_len == 0);
        assert!(is_free, "a mark is written when no command waits and every tick is released");
        *slot = Slot { is_mark: true, ..FREE };
        self.submit(frame::MARK, head)
    }

    fn submit(&mut self, kind: u32, head: Head) -> Result<(), LogError> {
        let index = self.next_slot();
        let body_len = self.slots[index].body_len;
        let block_bytes = self.measures.block_bytes as usize;
        let padded = (FRAME_HEADER_BYTES + body_len).next_multiple_of(block_bytes);
        if self.place.offset + padded as u64 > self.place.end {
            self.roll(head.tick)?;
        }
        let header = FrameHeader {
            kind: U32::new(kind),
            format: U16::new(frame::FORMAT),
            apply_version: U16::new(self.apply_version),
            cluster: U128::new(self.measures.cluster),
            epoch: U64::new(head.epoch),
            tick: U64::new(head.tick),
            time: U64::new(head.time),
            count: U32::new(self.slots[index].count),
            body_len: U32::new(body_len as u32),
            body_checksum: U64::ZERO,
            previous: self.head.link,
            durable_to: U64::new(self.durable_to),
            applied_tick: U64::new(head.applied.0),
            applied_digest: U64::new(head.applied.1),
            header_checksum: U64::ZERO,
        };
        let sealed = frame::seal(self.disk.buffer_mut(index), header, block_bytes);
        let Place { segment, offset, .. } = self.place;
        let slot = &mut self.slots[index];
        *slot = Slot {
            stage: Stage::InFlight,
            padded,
            tick: head.tick,
            time: head.time,
            segment,
            offset,
            ..*slot
        };
        self.place.offset += padded as u64;
        self.head = Head { link: sealed.link, ..head };
        self.is_marked = kind == frame::MARK;
        self.appended += 1;
        self.disk.write(Write {
            buffer: index,
            bytes: padded,
            segment,
            offset,
            durability: Durability::OnCompletion,
        });
        Ok(())
    }

    /// Goes on in the next segment, or in the reserve if there is none, and has another made.
    fn roll(&mut self, tick: u64) -> Result<(), LogError> {
        if self.disk.preparation().next == Progress::Making {
            self.disk.wait_prepared();
        }
        let header = SegmentHeader::new(self.place.segment + 1, &self.measures);
        let made = self.disk.preparation();
        if made.next != Progress::Ready {
            if made.reserve != Progress::Ready {
                let errno = match made.next {
                    Progress::Failed(errno) => errno,
                    _ => 0,
                };
                return Err(LogError::Exhausted { tick, source: std::io::Error::from_raw_os_error(errno) });
            }
            self.disk.spend_reserve(&header).map_err(|source| self.trouble("use the reserve as", source))?;
        }
        self.enter(self.place.segment + 1);
        Ok(())
    }

    /// Takes a segment that exists for writing, from its first frame on, and has the one behind it made.
    pub(crate) fn enter(&mut self, segment: u64) {
        self.place = Place { segment, offset: SEGMENT_HEADER_BYTES as u64, end: self.measures.segment_bytes };
        self.prepare();
    }

    /// Has the reserve and the segment behind the current one made.
    pub(crate) fn prepare(&mut self) {
        self.disk.prepare_reserve(self.measures.segment_bytes);
        self.disk.prepare(&SegmentHeader::new(self.place.segment + 1, &self.measures));
    }

    fn next_slot(&self) -> usize {
        self.slot_of(self.appended)
    }

    fn slot_of(&self, frame: u64) -> usize {
        (frame % self.slots.len() as u64) as usize
    }

    fn check(&self) -> Result<(), LogError> {
        match &self.fault {
            Some(fault) => Err(fault.clone().into()),
            None => Ok(()),
        }
    }

    fn trouble(&self, action: &'static str, source: std::io::Error) -> LogError {
        LogError::Disk { action, file: self.disk.file(self.place.segment), source }
    }
}
