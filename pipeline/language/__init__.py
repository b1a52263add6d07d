"""What words say, and what they may say: numbers, names and addresses in Chinese and English, and texts that leave."""
