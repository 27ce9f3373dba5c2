"""Papers and workbooks: from facts to bytes; `serving` alone knows the service around them."""
