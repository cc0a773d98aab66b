//! A zip whose entries are stored as they are, written on and on: what an entry holds need not be known when it begins.
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>

use flate2::Crc;

/// Sizes and sum come behind the entry; names are UTF-8.
const FLAGS: u16 = 1 << 3 | 1 << 11;

/// The first day that a zip can tell: files of the same runs are the same.
const DAY: u16 = 1 << 5 | 1;

struct Entry {
    name: String,
    from: u32,
    crc: u32,
    len: u32,
}

/// Writes an archive. It stays below 4 GiB, as what it is made of lies in the memory of a page.
#[derive(Default)]
pub struct Zip {
    entries: Vec<Entry>,
    crc: Crc,
    at: u32,
}

impl Zip {
    fn put(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.at = self.at.saturating_add(bytes.len() as u32);
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
        self.put(bytes, out);
    }

    /// Ends the entry.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        let (crc, len) = (self.crc.sum(), self.crc.amount());
        if let Some(entry) = self.entries.last_mut() {
            (entry.crc, entry.len) = (crc, len);
        }
        let mut tail = Vec::from(*b"PK\x07\x08");
        longs(&[crc, len, len], &mut tail);
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
            let mut head = Vec::from(*b"PK\x01\x02");
            shorts(&[20, 20, FLAGS, 0, 0, DAY], &mut head);
            longs(&[*crc, *len, *len], &mut head);
            shorts(&[name.len() as u16, 0, 0, 0, 0], &mut head);
            longs(&[0, *from], &mut head);
            head.extend_from_slice(name.as_bytes());
            self.put(&head, out);
        }
        let count = entries.len() as u16;
        let mut tail = Vec::from(*b"PK\x05\x06");
        shorts(&[0, 0, count, count], &mut tail);
        longs(&[self.at - from, from], &mut tail);
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
