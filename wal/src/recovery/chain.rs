//! Following the chain of frames to its end, on a thread ahead of the one that applies them.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use zerocopy::FromBytes;

use super::law::{self, Verdict};
use super::survey::Segment;
use super::window::Window;
use crate::disk::{Pages, Reader};
use crate::error::{LogError, ReplayStop};
use crate::frame::{self, FORMAT, FRAME_HEADER_BYTES, Found, FrameHeader, FrameView, SECTOR_BYTES};
use crate::log::Head;
use crate::segment::SEGMENT_HEADER_BYTES;

/// Where the first frame of every segment begins.
const FIRST: u64 = SEGMENT_HEADER_BYTES as u64;
/// Least that has to be in view to look for a frame.
const CHUNK_MIN: u64 = SECTOR_BYTES as u64;
/// Verified chunks that may wait to be applied.
const CHUNKS_AHEAD: usize = 8;

/// Where the chain ends, and what it held.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub head: Head,
    pub ticks: u64,
    pub commands: u64,
    pub bytes: u64,
    /// Where the log goes on: the segment of the last frame (by index), and the offset behind it.
    pub last_segment: usize,
    pub last_offset: u64,
    /// Where the first frame that is not part of the chain lies, or would lie.
    pub bad_segment: usize,
    pub bad_offset: u64,
}

/// A chunk of the log, and where in it verified ticks begin.
struct Chunk {
    pages: Pages,
    ticks: Vec<usize>,
}

/// Follows the chain and judges its end on a second thread, while this one hands out the ticks.
pub(super) fn replay<R: Reader>(
    reader: R,
    segments: &[Segment],
    known_durable_to: u64,
    on_tick: &mut dyn FnMut(FrameView<'_>) -> Result<(), ReplayStop>,
) -> Result<(End, Verdict), LogError> {
    let (chunks, verified) = sync_channel::<Chunk>(CHUNKS_AHEAD);
    let (applied, spare) = sync_channel::<Pages>(CHUNKS_AHEAD + 2);
    thread::scope(|scope| {
        let follower = scope.spawn(move || {
            let (window, end) = (Window::new(reader), End::fresh());
            let mut chain = Chain { window, segments, chunks, spare, end, ticks: Vec::new() };
            let Some(end) = chain.follow()? else { return Ok(None) };
            // The last chunks are still being applied while the rest of the log is scanned.
            let verdict = law::judge(&mut chain.window, segments, &end, known_durable_to)?;
            Ok(Some((end, verdict)))
        });
        let mut stopped = Ok(());
        // When the follower is done, or this thread stops listening, the other side's channel ends.
        for Chunk { pages, ticks } in verified {
            stopped = ticks.iter().try_for_each(|&at| hand_out(&pages[at..], on_tick));
            if stopped.is_err() {
                break;
            }
            // A full channel only means that there is memory enough.
            let _ = applied.try_send(pages);
        }
        let followed: Result<Option<_>, LogError> =
            follower.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        stopped?;
        Ok(followed?.expect("the follower stops early only if nobody listens"))
    })
}

fn hand_out(
    bytes: &[u8],
    on_tick: &mut dyn FnMut(FrameView<'_>) -> Result<(), ReplayStop>,
) -> Result<(), LogError> {
    let (header, rest) = FrameHeader::ref_from_prefix(bytes).expect("the frame was verified");
    let commands = &rest[..header.body_len.get() as usize];
    on_tick(FrameView { header, commands })
        .map_err(|source| LogError::Replay { tick: header.tick.get(), source })
}

/// Why the verification of a chunk stopped.
enum Stop {
    /// The frame there goes on behind the chunk; so many bytes are needed of it.
    More(u64),
    /// Zeros, or the end of the segment: the log may go on in the next.
    Blank,
    /// Something that does not continue the chain. Whether its header holds, and says that it follows another frame.
    Bad { follows_another: bool },
}

/// The thread that applies has stopped, and its reason is what counts.
struct Unheard;

struct Chain<'a, R> {
    window: Window<R>,
    segments: &'a [Segment],
    chunks: SyncSender<Chunk>,
    spare: Receiver<Pages>,
    end: End,
    /// Ticks verified in the window, by their place in its memory.
    ticks: Vec<usize>,
}

impl<R: Reader> Chain<'_, R> {
    fn follow(&mut self) -> Result<Option<End>, LogError> {
        let (mut segment, mut offset, mut needed) = (0, FIRST, 0);
        while segment < self.segments.len() {
            let stop = self.verify(segment, &mut offset, needed)?;
            if let Err(Unheard) = self.hand_over() {
                return Ok(None);
            }
            match stop {
                Stop::More(bytes) => needed = bytes,
                Stop::Bad { follows_another } => {
                    return Ok(Some(self.end_at(segment, offset, follows_another)));
                }
                Stop::Blank if segment > self.end.last_segment => break,
                Stop::Blank => (segment, offset, needed) = (segment + 1, FIRST, 0),
            }
        }
        Ok(Some(self.end_behind_last()))
    }

    /// The chain breaks at something that is there.
    fn end_at(&self, segment: usize, offset: u64, follows_another: bool) -> End {
        let End { last_segment, last_offset, .. } = self.end;
        // At the start of a segment, with zeros behind the last frame in the one before: a frame that follows another
        // than the last shows that this other is what is missing, where the zeros are.
        let is_room_behind_last = last_offset < self.segments[last_segment].end();
        if segment > last_segment && is_room_behind_last && follows_another {
            return self.end_behind_last();
        }
        End { bad_segment: segment, bad_offset: offset, ..self.end }
    }

    /// The chain ends in zeros, or where there is nothing more.
    fn end_behind_last(&self) -> End {
        End { bad_segment: self.end.last_segment, bad_offset: self.end.last_offset, ..self.end }
    }

    /// Takes every frame of a chunk that continues the chain; `offset` ends up behind the last.
    fn verify(&mut self, segment: usize, offset: &mut u64, needed: u64) -> Result<Stop, LogError> {
        let place = &self.segments[segment];
        let (start, chunk) = (*offset, self.window.from(place, *offset, needed.max(CHUNK_MIN))?);
        let mut ticks = std::mem::take(&mut self.ticks);
        let stop = loop {
            let left = chunk.get((*offset - start) as usize..).unwrap_or_default();
            if left.len() < SECTOR_BYTES {
                let is_end = *offset >= place.end();
                break if is_end { Stop::Blank } else { Stop::More(0) };
            }
            let (header, commands) = match frame::find(left) {
                Found::Nothing => break Stop::Blank,
                Found::NoHeader => break Stop::Bad { follows_another: false },
                Found::Newer(found) => {
                    let file = place.file.clone();
                    return Err(LogError::FormatNewer { file, offset: *offset, found, known: FORMAT });
                }
                Found::Longer(bytes) if *offset + bytes as u64 <= place.end() => {
                    break Stop::More(bytes as u64);
                }
                Found::Longer(_) => break Stop::Bad { follows_another: false },
                Found::NoBody(header) => (header, None),
                Found::Whole(FrameView { header, commands }) => (header, Some(commands)),
            };
            let (found, expected) = (header.cluster.get(), place.header.cluster.get());
            if found != expected {
                let file = place.file.clone();
                return Err(LogError::ClusterForeign { file, offset: *offset, found, expected });
            }
            let Some(commands) = commands.filter(|_| continues(header, &self.end.head)) else {
                break Stop::Bad { follows_another: header.previous != self.end.head.link };
            };
            if !header.is_mark() {
                ticks.push((*offset - start) as usize);
            }
            let bytes = FRAME_HEADER_BYTES + commands.len();
            let padded = (bytes as u64).next_multiple_of(place.block_bytes());
            *offset += padded;
            self.end.take(header, frame::link(&left[..bytes]), padded, (segment, *offset));
        };
        let base = self.window.place_of(start);
        ticks.iter_mut().for_each(|at| *at += base);
        self.ticks = ticks;
        Ok(stop)
    }

    /// Hands the ticks of the chunk to the thread that applies them.
    fn hand_over(&mut self) -> Result<(), Unheard> {
        if self.ticks.is_empty() {
            return Ok(());
        }
        let pages = self.window.take(self.spare.try_recv().ok());
        self.chunks.send(Chunk { pages, ticks: std::mem::take(&mut self.ticks) }).map_err(|_| Unheard)
    }
}

impl End {
    fn fresh() -> End {
        End {
            head: Head { epoch: 0, tick: 0, time: 0, applied: (0, 0), link: [0; 32] },
            ticks: 0,
            commands: 0,
            bytes: 0,
            last_segment: 0,
            last_offset: FIRST,
            bad_segment: 0,
            bad_offset: FIRST,
        }
    }

    /// Moves the end behind a frame that continues the chain.
    fn take(&mut self, header: &FrameHeader, link: [u8; 32], padded: u64, behind: (usize, u64)) {
        self.head = Head {
            epoch: header.epoch.get(),
            tick: header.tick.get(),
            time: header.time.get(),
            applied: (header.applied_tick.get(), header.applied_digest.get()),
            link,
        };
        if !header.is_mark() {
            self.ticks += 1;
            self.commands += u64::from(header.count.get());
        }
        self.bytes += padded;
        (self.last_segment, self.last_offset) = behind;
    }
}

/// Whether this frame comes right behind that head.
fn continues(header: &FrameHeader, head: &Head) -> bool {
    let (epoch, tick, time) = (header.epoch.get(), header.tick.get(), header.time.get());
    let is_next = match header.is_mark() {
        true => epoch >= head.epoch && tick == head.tick && time == head.time && header.body_len.get() == 0,
        false => epoch == head.epoch && tick == head.tick + 1 && time > head.time,
    };
    is_next && header.previous == head.link
}
