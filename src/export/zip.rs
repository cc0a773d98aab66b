//! A zip whose entries are stored as they are, written on and on: what an entry holds need not be known when it begins.
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>

use flate2::Crc;

/// Sizes and sum come behind the entry; names are UTF-8.
const FLAGS: u16 = 1 << 3 | 1 << 11;

/// The first day that a zip can tell: files of the same runs are the same.
const DAY: u16 = 1 << 5 | 1;

/// From here on a number does not fit into its field and stands in a wider one, which says so: zip64.
const WIDE: u64 = u32::MAX as u64;

/// How many entries fit into the plain end of an archive.
const MANY: usize = u16::MAX as usize;

struct Entry {
    name: String,
    from: u64,
    crc: u32,
    len: u64,
}

/// Writes an archive, of any size.
#[derive(Default)]
pub struct Zip {
    entries: Vec<Entry>,
    crc: Crc,
    at: u64,
}

impl Zip {
    fn put(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.at += bytes.len() as u64;
        out.extend_from_slice(bytes);
    }

    /// Begins an entry.
    pub fn begin(&mut self, name: &str, out: &mut Vec<u8>) {
        self.crc = Crc::new();
        self.entries.push(Entry {
            name: name.to_owned(),
            from: self.at,
            crc: 0,
            len: 0,
        });
        let mut head = Vec::from(*b"PK\x03\x04");
        shorts(&[20, FLAGS, 0, 0, DAY], &mut head);
        longs(&[0, 0, 0], &mut head);
        shorts(&[name.len() as u16, 0], &mut head);
        head.extend_from_slice(name.as_bytes());
        self.put(&head, out);
    }

    /// Adds to the entry.
    pub fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.crc.update(bytes);
        if let Some(entry) = self.entries.last_mut() {
            entry.len += bytes.len() as u64;
        }
        self.put(bytes, out);
    }

    /// Ends the entry.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        let mut tail = Vec::from(*b"PK\x07\x08");
        if let Some(entry) = self.entries.last_mut() {
            entry.crc = self.crc.sum();
            longs(&[entry.crc], &mut tail);
            if entry.len < WIDE {
                longs(&[entry.len as u32; 2], &mut tail);
            } else {
                wides(&[entry.len; 2], &mut tail);
            }
        }
        self.put(&tail, out);
    }

    /// Ends the archive.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let from = self.at;
        let entries = std::mem::take(&mut self.entries);
        for Entry {
            name,
            from,
            crc,
            len,
        } in &entries
        {
            let is_wide = *len >= WIDE || *from >= WIDE;
            let version = if is_wide { 45 } else { 20 };
            let mut extra = Vec::new();
            if is_wide {
                shorts(&[1, 24], &mut extra);
                wides(&[*len, *len, *from], &mut extra);
            }
            let field = |number: u64| if is_wide { u32::MAX } else { number as u32 };
            let mut head = Vec::from(*b"PK\x01\x02");
            shorts(&[version, version, FLAGS, 0, 0, DAY], &mut head);
            longs(&[*crc, field(*len), field(*len)], &mut head);
            shorts(&[name.len() as u16, extra.len() as u16, 0, 0, 0], &mut head);
            longs(&[0, field(*from)], &mut head);
            head.extend_from_slice(name.as_bytes());
            head.extend(extra);
            self.put(&head, out);
        }
        let (end, count) = (self.at, entries.len());
        let is_wide = end >= WIDE || count >= MANY;
        let mut tail = Vec::new();
        if is_wide {
            tail.extend(*b"PK\x06\x06");
            wides(&[44], &mut tail);
            shorts(&[45, 45], &mut tail);
            longs(&[0, 0], &mut tail);
            wides(&[count as u64, count as u64, end - from, from], &mut tail);
            // Where that stands.
            tail.extend(*b"PK\x06\x07");
            longs(&[0], &mut tail);
            wides(&[end], &mut tail);
            longs(&[1], &mut tail);
        }
        let field = |number: u64| if is_wide { u32::MAX } else { number as u32 };
        let count = if is_wide { u16::MAX } else { count as u16 };
        tail.extend(*b"PK\x05\x06");
        shorts(&[0, 0, count, count], &mut tail);
        longs(&[field(end - from), field(from)], &mut tail);
        shorts(&[0], &mut tail);
        self.put(&tail, out);
    }
}

fn shorts(all: &[u16], out: &mut Vec<u8>) {
    all.iter().for_each(|x| out.extend(x.to_le_bytes()));
}

fn longs(all: &[u32], out: &mut Vec<u8>) {
    all.iter().for_each(|x| out.extend(x.to_le_bytes()));
}

fn wides(all: &[u64], out: &mut Vec<u8>) {
    all.iter().for_each(|x| out.extend(x.to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Seek, SeekFrom};
    use zip::ZipArchive;

    /// A file of which only some stretches are there; the rest is zeros that nobody wrote.
    #[derive(Clone, Default)]
    struct Sparse {
        stretches: Vec<(u64, Vec<u8>)>,
        len: u64,
        at: u64,
    }

    impl Sparse {
        /// Counts what was written.
        fn hold(&mut self, out: &mut Vec<u8>) {
            let bytes = std::mem::take(out);
            let from = self.len;
            self.len += bytes.len() as u64;
            self.stretches.push((from, bytes));
        }
    }

    impl Read for Sparse {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let left = self.len.saturating_sub(self.at);
            let count = (into.len() as u64).min(left) as usize;
            into[..count].fill(0);
            for (from, bytes) in &self.stretches {
                let (low, high) = (
                    (*from).max(self.at),
                    (from + bytes.len() as u64).min(self.at + count as u64),
                );
                if low < high {
                    let target = (low - self.at) as usize..(high - self.at) as usize;
                    let source = (low - from) as usize..(high - from) as usize;
                    into[target].copy_from_slice(&bytes[source]);
                }
            }
            self.at += count as u64;
            Ok(count)
        }
    }

    impl Seek for Sparse {
        fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
            self.at = match to {
                SeekFrom::Start(at) => at,
                SeekFrom::End(by) => self.len.saturating_add_signed(by),
                SeekFrom::Current(by) => self.at.saturating_add_signed(by),
            };
            Ok(self.at)
        }
    }

    /// An archive of an entry that holds so many zeros, counted and not written, and of a small one after it.
    fn archive(zeros: u64) -> Sparse {
        let (mut zip, mut out, mut file) = (Zip::default(), Vec::new(), Sparse::default());
        zip.begin("curves.parquet", &mut out);
        zip.write(b"begin", &mut out);
        file.hold(&mut out);
        file.len += zeros;
        zip.at += zeros;
        zip.entries[0].len += zeros;
        zip.end(&mut out);
        zip.begin("README.txt", &mut out);
        zip.write(b"after it", &mut out);
        zip.end(&mut out);
        zip.finish(&mut out);
        file.hold(&mut out);
        assert_eq!(zip.at, file.len);
        file
    }

    #[test]
    fn archives_of_more_than_four_gibibytes_open() {
        // Below, just at, and above what fits into 32 bits.
        for zeros in [7, WIDE - 60, WIDE - 6, WIDE - 5, WIDE, 5 << 30, 20 << 30] {
            let mut read = ZipArchive::new(archive(zeros)).unwrap();
            assert_eq!(read.len(), 2, "{zeros}");
            assert_eq!(read.by_index(0).unwrap().size(), zeros + 5, "{zeros}");
            let mut small = read.by_name("README.txt").unwrap();
            let mut text = String::new();
            small.read_to_string(&mut text).unwrap();
            assert_eq!(text, "after it", "{zeros}");
        }
        // What is small is as it was: programs that know no wide fields open it.
        let small = &archive(7).stretches[1].1;
        let has = |mark: &[u8]| small.windows(4).any(|bytes| bytes == mark);
        assert!(has(b"PK\x05\x06") && !has(b"PK\x06\x06") && !has(b"PK\x06\x07"));
    }

    #[test]
    fn archives_of_many_entries_open() {
        let (mut zip, mut out) = (Zip::default(), Vec::new());
        for at in 0..MANY + 3 {
            zip.begin(&at.to_string(), &mut out);
            zip.end(&mut out);
        }
        zip.finish(&mut out);
        let read = ZipArchive::new(std::io::Cursor::new(out)).unwrap();
        assert_eq!(read.len(), MANY + 3);
    }
}
