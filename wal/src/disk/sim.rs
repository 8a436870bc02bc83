//! The disk of tests and of the simulator: in memory, on one thread, the same every time.
//!
//! It keeps two images of every segment: what was written, and what is safe from a power cut. [`Controls`] is the
//! hand of the test: it ends writes in any order, lets them fail, fills the disk, edits files, and cuts the power.
//!
//! Deliberately absent: time. A wait never sleeps; one that nothing would ever end is a bug of the caller, and panics.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use zerocopy::IntoBytes;

use super::{Completion, Disk, Durability, Preparation, Progress, Reader, Waker, Write};
use crate::frame::SECTOR_BYTES;
use crate::segment::SegmentHeader;

/// A disk in memory. Opened by one log; what it holds outlives it in [`Controls`].
pub struct SimDisk {
    world: Controls,
    buffers: Vec<Vec<u8>>,
}

/// What a test sees and does behind the log's back. Clones are of the same disk.
#[derive(Clone)]
pub struct Controls(Arc<Mutex<World>>);

/// How a write ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// In full.
    Done,
    /// After so many bytes.
    Short(usize),
    /// Not at all, with this error number.
    Failed(i32),
}

/// What can be made to fail, apart from writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// [`Reader::read`].
    Read,
    /// [`Disk::sync`].
    Sync,
    /// [`Disk::keep_aside`].
    KeepAside,
    /// [`Disk::zero`].
    Zero,
    /// [`Disk::remove`].
    Remove,
    /// [`Disk::spend_reserve`].
    SpendReserve,
}

struct World {
    block_bytes: usize,
    files: BTreeMap<u64, Image>,
    kept: Vec<(String, Vec<u8>)>,
    in_flight: Vec<(Write, Vec<u8>)>,
    ended: VecDeque<Completion>,
    is_held: bool,
    room: u64,
    wanted_next: Option<SegmentHeader>,
    wanted_reserve: Option<u64>,
    reserve: Option<u64>,
    is_making_held: bool,
    next: Progress,
    failures: Vec<(Operation, i32)>,
    is_woken: bool,
}

#[derive(Clone, Default)]
struct Image {
    /// What a read returns.
    written: Vec<u8>,
    /// What is there after a power cut, whatever happens.
    safe: Vec<u8>,
    /// Writes that have ended and wait for a sync.
    unsafe_yet: Vec<(Write, Vec<u8>)>,
}

impl SimDisk {
    /// An empty disk with this logical block, on which writes end in order at the next reap.
    pub fn new(block_bytes: usize) -> SimDisk {
        assert!(block_bytes.is_power_of_two() && (SECTOR_BYTES..=4096).contains(&block_bytes));
        SimDisk::holding(block_bytes, BTreeMap::new(), None, Vec::new())
    }

    /// The hand of the test.
    pub fn controls(&self) -> Controls {
        self.world.clone()
    }

    fn holding(
        block_bytes: usize,
        files: BTreeMap<u64, Image>,
        reserve: Option<u64>,
        kept: Vec<(String, Vec<u8>)>,
    ) -> SimDisk {
        let world = World {
            block_bytes,
            files,
            kept,
            in_flight: Vec::new(),
            ended: VecDeque::new(),
            is_held: false,
            room: u64::MAX,
            wanted_next: None,
            wanted_reserve: None,
            reserve,
            is_making_held: false,
            next: Progress::Idle,
            failures: Vec::new(),
            is_woken: false,
        };
        SimDisk { world: Controls(Arc::new(Mutex::new(world))), buffers: Vec::new() }
    }
}

impl Controls {
    /// From now on writes end only by [`Controls::end`].
    pub fn hold_writes(&self) {
        self.world().is_held = true;
    }

    /// From now on writes end in order at the next reap, those in flight included.
    pub fn let_writes_go(&self) {
        self.world().is_held = false;
    }

    /// The writes in flight, oldest first.
    pub fn in_flight(&self) -> Vec<Write> {
        self.world().in_flight.iter().map(|(write, _)| *write).collect()
    }

    /// Ends one of the writes in flight, by its place among them.
    pub fn end(&self, index: usize, outcome: Outcome) {
        self.world().end(index, outcome);
    }

    /// What the disk holds after the power fails now: what is safe, and of all other writes the sectors that
    /// `survives` picks, asked for each write with the sector's offset in the file.
    pub fn cut_power(&self, mut survives: impl FnMut(&Write, u64) -> bool) -> SimDisk {
        let world = self.world();
        let mut files = BTreeMap::new();
        for (&segment, image) in &world.files {
            let mut after = image.safe.clone();
            let in_flight = world.in_flight.iter().filter(|(write, _)| write.segment == segment);
            for (write, bytes) in image.unsafe_yet.iter().chain(in_flight) {
                for (sector, at) in bytes.chunks(SECTOR_BYTES).zip((write.offset..).step_by(SECTOR_BYTES)) {
                    if survives(write, at) {
                        after[at as usize..][..sector.len()].copy_from_slice(sector);
                    }
                }
            }
            files.insert(segment, Image::of(after));
        }
        SimDisk::holding(world.block_bytes, files, world.reserve, world.kept.clone())
    }

    /// The disk as the next process finds it if only this one dies: every write that was handed over is carried out.
    pub fn kill(&self) -> SimDisk {
        self.cut_power(|_, _| true)
    }

    /// Bytes of segments, the reserve included, for which there is room.
    pub fn set_room(&self, bytes: u64) {
        self.world().room = bytes;
    }

    /// Whether segments stay in the making until the log waits for one.
    pub fn hold_making(&self, is_held: bool) {
        self.world().is_making_held = is_held;
    }

    /// The next such operation fails with this error number.
    pub fn fail_next(&self, operation: Operation, errno: i32) {
        self.world().failures.push((operation, errno));
    }

    /// Sequence numbers of the segments there.
    pub fn segments(&self) -> Vec<u64> {
        self.world().files.keys().copied().collect()
    }

    /// What is written in a segment.
    pub fn bytes(&self, segment: u64) -> Vec<u8> {
        self.world().files[&segment].written.clone()
    }

    /// Puts a file in a segment's place, or changes the one there; it is safe at once.
    pub fn put(&self, segment: u64, bytes: Vec<u8>) {
        self.world().files.insert(segment, Image::of(bytes));
    }

    /// Takes a segment away.
    pub fn take(&self, segment: u64) -> Vec<u8> {
        self.world().files.remove(&segment).expect("the segment is there").written
    }

    /// Files that were kept aside: names and contents.
    pub fn kept(&self) -> Vec<(String, Vec<u8>)> {
        self.world().kept.clone()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("no test panics while it holds the disk")
    }
}

impl Image {
    fn of(bytes: Vec<u8>) -> Image {
        Image { written: bytes.clone(), safe: bytes, unsafe_yet: Vec::new() }
    }
}

impl World {
    fn end(&mut self, index: usize, outcome: Outcome) {
        let (write, mut bytes) = self.in_flight.remove(index);
        let result = match outcome {
            Outcome::Done => Ok(bytes.len()),
            Outcome::Short(written) => Ok(written),
            Outcome::Failed(errno) => Err(errno),
        };
        bytes.truncate(result.unwrap_or(0));
        let image = self.files.get_mut(&write.segment).expect("only segments that exist are written to");
        let range = write.offset as usize..write.offset as usize + bytes.len();
        image.written[range.clone()].copy_from_slice(&bytes);
        match write.durability {
            Durability::OnCompletion => image.safe[range].copy_from_slice(&bytes),
            Durability::AtSync => image.unsafe_yet.push((write, bytes)),
        }
        self.ended.push_back(Completion { buffer: write.buffer, result });
    }

    /// Makes what is wanted, as far as there is room.
    fn make(&mut self) {
        if self.is_making_held {
            return;
        }
        if let Some(bytes) = self.wanted_reserve.filter(|bytes| self.has_room(*bytes)) {
            (self.reserve, self.wanted_reserve) = (Some(bytes), None);
        }
        if let Some(header) = self.wanted_next {
            let bytes = header.segment_bytes.get();
            self.next = if self.has_room(bytes) { Progress::Ready } else { Progress::Failed(libc::ENOSPC) };
            if self.next == Progress::Ready {
                self.wanted_next = None;
                let mut image = vec![0; bytes as usize];
                image[..size_of::<SegmentHeader>()].copy_from_slice(header.as_bytes());
                self.files.insert(header.sequence.get(), Image::of(image));
            }
        }
    }

    fn has_room(&self, bytes: u64) -> bool {
        let used: u64 = self.files.values().map(|image| image.written.len() as u64).sum();
        used + self.reserve.unwrap_or(0) + bytes <= self.room
    }

    fn try_to(&mut self, operation: Operation) -> io::Result<()> {
        match self.failures.iter().position(|(failing, _)| *failing == operation) {
            Some(at) => Err(io::Error::from_raw_os_error(self.failures.remove(at).1)),
            None => Ok(()),
        }
    }

    fn image(&mut self, segment: u64) -> io::Result<&mut Image> {
        self.files.get_mut(&segment).ok_or_else(|| io::Error::from_raw_os_error(libc::ENOENT))
    }
}

impl Disk for SimDisk {
    type Reader = Controls;

    fn name(&self) -> &'static str {
        "simulated"
    }

    fn why(&self) -> &str {
        "a test asked for it"
    }

    fn block_bytes(&self) -> usize {
        self.world.world().block_bytes
    }

    fn allocate(&mut self, count: usize, bytes: usize) -> io::Result<()> {
        self.buffers = vec![vec![0; bytes]; count];
        Ok(())
    }

    fn buffer(&self, index: usize) -> &[u8] {
        &self.buffers[index]
    }

    fn buffer_mut(&mut self, index: usize) -> &mut [u8] {
        let is_busy = self.world.world().in_flight.iter().any(|(write, _)| write.buffer == index);
        assert!(!is_busy, "buffer {index} is being written");
        &mut self.buffers[index]
    }

    fn write(&mut self, write: Write) {
        let bytes = self.buffers[write.buffer][..write.bytes].to_vec();
        let mut world = self.world.world();
        let block = world.block_bytes;
        assert!(write.bytes.is_multiple_of(block) && write.offset.is_multiple_of(block as u64), "{write:?}");
        match world.files.get(&write.segment).map(|image| image.written.len()) {
            None => world.ended.push_back(Completion { buffer: write.buffer, result: Err(libc::ENOENT) }),
            Some(end) => {
                assert!(write.offset as usize + write.bytes <= end, "{write:?} ends behind its file");
                world.in_flight.push((write, bytes));
            }
        }
    }

    fn reap(&mut self, each: &mut dyn FnMut(Completion)) {
        let ended = {
            let mut world = self.world.world();
            while !world.is_held && !world.in_flight.is_empty() {
                world.end(0, Outcome::Done);
            }
            std::mem::take(&mut world.ended)
        };
        ended.into_iter().for_each(each);
    }

    fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        let mut world = self.world.world();
        let has_ended = !world.ended.is_empty() || (!world.is_held && !world.in_flight.is_empty());
        let is_woken = std::mem::take(&mut world.is_woken);
        assert!(has_ended || is_woken || timeout.is_some(), "nothing would ever end this wait");
        Ok(())
    }

    fn waker(&self) -> Waker {
        let world = self.world.clone();
        Waker::new(move || world.world().is_woken = true)
    }

    fn segments(&mut self) -> io::Result<Vec<u64>> {
        Ok(self.world.segments())
    }

    fn file(&self, segment: u64) -> String {
        format!("{segment}.log")
    }

    fn reader(&self) -> Controls {
        self.world.clone()
    }

    fn sync(&mut self, segment: u64) -> io::Result<()> {
        let mut world = self.world.world();
        world.try_to(Operation::Sync)?;
        let image = world.image(segment)?;
        image.safe.clone_from(&image.written);
        image.unsafe_yet.clear();
        Ok(())
    }

    fn keep_aside(&mut self, name: &str, bytes: &[u8]) -> io::Result<String> {
        let mut world = self.world.world();
        world.try_to(Operation::KeepAside)?;
        world.kept.push((name.to_owned(), bytes.to_vec()));
        Ok(name.to_owned())
    }

    fn zero(&mut self, segment: u64, from: u64, to: u64) -> io::Result<()> {
        let mut world = self.world.world();
        let tried = world.try_to(Operation::Zero);
        // One that fails has done half of its work.
        let sectors = (to - from) / SECTOR_BYTES as u64;
        let to = if tried.is_ok() { to } else { from + sectors / 2 * SECTOR_BYTES as u64 };
        let image = world.image(segment)?;
        image.written[from as usize..to as usize].fill(0);
        image.safe.clone_from(&image.written);
        tried
    }

    fn remove(&mut self, segment: u64) -> io::Result<()> {
        let mut world = self.world.world();
        world.try_to(Operation::Remove)?;
        world.image(segment)?;
        world.files.remove(&segment);
        Ok(())
    }

    fn prepare(&mut self, header: &SegmentHeader) {
        let mut world = self.world.world();
        let exists = world.files.contains_key(&header.sequence.get());
        world.next = if exists { Progress::Ready } else { Progress::Making };
        world.wanted_next = (!exists).then_some(*header);
        world.make();
    }

    fn prepare_reserve(&mut self, segment_bytes: u64) {
        let mut world = self.world.world();
        if world.reserve != Some(segment_bytes) {
            (world.reserve, world.wanted_reserve) = (None, Some(segment_bytes));
        }
        world.make();
    }

    fn preparation(&self) -> Preparation {
        let mut world = self.world.world();
        world.make();
        let reserve = match (world.reserve, world.wanted_reserve, world.is_making_held) {
            (Some(_), _, _) => Progress::Ready,
            (None, None, _) => Progress::Idle,
            (None, Some(_), true) => Progress::Making,
            (None, Some(_), false) => Progress::Failed(libc::ENOSPC),
        };
        Preparation { next: world.next, reserve }
    }

    fn wait_prepared(&mut self) {
        let mut world = self.world.world();
        let was_held = std::mem::replace(&mut world.is_making_held, false);
        world.make();
        world.is_making_held = was_held;
    }

    fn spend_reserve(&mut self, header: &SegmentHeader) -> io::Result<()> {
        let mut world = self.world.world();
        world.try_to(Operation::SpendReserve)?;
        let bytes = world.reserve.take().ok_or_else(|| io::Error::from_raw_os_error(libc::ENOENT))?;
        let mut image = vec![0; bytes as usize];
        image[..size_of::<SegmentHeader>()].copy_from_slice(header.as_bytes());
        world.files.insert(header.sequence.get(), Image::of(image));
        (world.wanted_next, world.next) = (None, Progress::Idle);
        Ok(())
    }
}

impl Reader for Controls {
    fn bytes(&mut self, segment: u64) -> io::Result<u64> {
        Ok(self.world().image(segment)?.written.len() as u64)
    }

    fn read(&mut self, segment: u64, offset: u64, into: &mut [u8]) -> io::Result<()> {
        let mut world = self.world();
        world.try_to(Operation::Read)?;
        let written = &world.image(segment)?.written;
        let found = written.get(offset as usize..).and_then(|from| from.get(..into.len()));
        into.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}
